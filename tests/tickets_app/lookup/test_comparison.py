"""Amounts of a list beside those of tickets, over the sandbox: same, differs, or why not; sums of what was compared."""

import random
import re
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.core import signing

from copper_sandbox import Fault, Store
from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import asked, download, go_on, look_up, state, text_of
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Ticket
from tickets_app.copper.walking.walk import Step
from tickets_app.gateway.location_names import Names
from tickets_app.lookup.amounts import MAX_LENGTH
from tickets_app.lookup.answers import Answers
from tickets_app.lookup.lookup import Listed, Lookup
from tickets_app.lookup.result import Told

pytestmark = pytest.mark.usefixtures("quick")

WITH = {"amount_column": "amount", "amount_property": "amount"}


def table(*rows: tuple[str, str], heading: str = "reference\tamount") -> str:
    return "\n".join([heading, *(f"{reference}\t{amount}" for reference, amount in rows)])


_ROW = re.compile(
    r'data-amount="(\w+)".*?<bdi>(.*?)</bdi></th>.*?<td role="cell">.*?<td role="cell">(.*?)</td>', re.DOTALL
)


def amounts(response) -> dict[str, tuple[str, str]]:
    """By reference: what came out, and what stands in the cell."""
    found = _ROW.findall(response.content.decode())
    return {unescape(text): (kind, " ".join(unescape(re.sub("<[^>]+>", " ", cell)).split())) for text, kind, cell in
            ((text, kind, cell) for kind, text, cell in found)}  # fmt: skip


def test_each_amount_is_the_same_or_differs_or_says_why_it_is_not_compared(client, serve):
    serve(
        [
            made(1, amount=0.3),
            made(2, amount="0.30"),
            made(3, amount=12),
            made(4),
            made(5, amount=7),
            made(6, amount=7),
            *(made(number, reference="twice", amount=18) for number in (7, 8)),
            made(9, amount=-0.0),
        ]
    )
    rows = [("R-1", "0.30"), ("R-2", "0,3"), ("R-3", "12.50"), ("R-4", "1"), ("R-5", "n/a"), ("R-6", "")]
    response = look_up(client, table(*rows, ("twice", "36"), ("none", "5"), ("R-9", "(0.00)")), **WITH)
    assert response.status_code == 200
    assert amounts(response) == {
        "R-1": ("same", "Same List: 0.30 Copper: 0.30"),
        "R-2": ("same", "Same List: 0,3 Copper: 0.30"),
        "R-3": ("differs", "Differs: Copper has 0.50 less List: 12.50 Copper: 12"),
        "R-4": ("uncompared", "Not compared, line 5: the ticket has no amount there List: 1 Copper: none"),
        "R-5": ("uncompared", "Not compared, line 6: this cannot be read as an amount List: n/a Copper: 7"),
        "R-6": ("uncompared", "Not compared, line 7: the line has no amount No amount in the list Copper: 7"),
        "twice": (
            "uncompared",
            "Not compared, line 8: 2 tickets have this reference, together 36 List: 36 Copper: 18; 18",
        ),
        "none": ("no_ticket", "List: 5"),
        "R-9": ("same", "Same List: (0.00) Copper: 0"),
    }
    words = text_of(response)
    assert "Amounts: 3 the same, 1 differs, 4 not compared, 1 not found." in words
    assert (
        "4 lines were compared. The sum of just these: 13.10 in the list, 12.60 in Copper (Copper has 0.50 less)"
        in words
    )
    assert "What was not compared or not found is in neither." in words


def test_a_tenth_and_two_tenths_are_three_tenths(client, serve):
    serve([made(1, amount=0.1), made(2, amount=0.2), made(3, amount=0.1 + 0.2)])
    response = look_up(client, table(("R-1", "0.1"), ("R-2", "0.2"), ("R-3", "0.3")), **WITH)
    assert amounts(response)["R-3"] == (
        "differs",
        "Differs: Copper has 0.00000000000000004 more List: 0.3 Copper: 0.30000000000000004",
    )
    assert "The sum of just these: 0.60 in the list, 0.60000000000000004 in Copper" in text_of(response)
    response = look_up(client, table(("R-1", "0.1"), ("R-2", "0.2")), **WITH)
    assert "The sum of just these: 0.30 in the list, 0.30 in Copper." in text_of(response)


@pytest.mark.parametrize(
    ("digits", "outcome", "shown"),
    [
        ("0.30", "same", "0.30"),
        ("30e-2", "same", "0.30"),
        ("0.300000000000000000000000000001", "differs", "0.300000000000000000000000000001"),
        ("1e400", "uncompared", "1e400"),
        ("1e-400", "uncompared", "1e-400"),
    ],
)
def test_copper_s_numbers_are_compared_as_they_were_sent(client, serve, digits, outcome, shown):
    sandbox = serve([made(1)])
    data = f'{{"id":"tkt_1","created":"2026-11-20T09:00:00Z","reference":"R-1","amount":{digits}}}'
    page = f'{{"object":"list","data":[{data}],"has_more":false}}'.encode()
    sandbox.script(lambda entry: Fault(status=200, body=page))
    kind, words = amounts(look_up(client, table(("R-1", "0.3")), **WITH))["R-1"]
    assert kind == outcome
    assert words.endswith(f"Copper: {shown}")


def test_a_property_within_another_and_hundredths(client, serve):
    serve([made(1, total={"amount": 1250}), made(2, total=1250)])
    fields = {"amount_column": "Sum", "amount_property": "total.amount", "amount_unit": "hundredths"}
    text = table(("R-1", "12.50"), ("R-2", "12.50"), heading="reference\tsum")
    response = look_up(client, text, **fields)
    assert [kind for kind, _ in amounts(response).values()] == ["same", "uncompared"]
    assert "Compared with the property “total.amount” of tickets, in hundredths." in text_of(response)


def test_no_ticket_is_counted_for_two_lines(client, serve):
    serve([made(1, amount=10), made(2, amount=5)])
    response = look_up(client, table(("R-1", "4"), ("tkt_00001", "6"), ("R-2", "5")), **WITH)
    assert [kind for kind, _ in amounts(response).values()] == ["uncompared", "uncompared", "same"]
    assert "2 lines have this ticket, the first is line 2" in text_of(response)
    assert "1 line was compared. The sum of just these: 5 in the list, 5 in Copper." in text_of(response)


def test_several_currencies_are_not_added_up(client, serve):
    serve([made(1, amount=1), made(2, amount=2)])
    response = look_up(client, table(("R-1", "1 EUR"), ("R-2", "2 USD")), **WITH)
    assert "No sums: the list has amounts in several currencies (EUR, USD)." in text_of(response)
    assert [kind for kind, _ in amounts(response).values()] == ["same", "same"]


def test_what_is_ambiguous_is_told_or_decided_by_the_column(client, serve):
    serve([made(1, amount=1234), made(2, amount=0.5)])
    alone = look_up(client, table(("R-1", "1,234"), ("R-2", "")), **WITH)
    assert "this may be 1234 or 1.234, and the other amounts do not show which" in text_of(alone)
    decided = look_up(client, table(("R-1", "1,234"), ("R-2", "0.50")), **WITH)
    assert [kind for kind, _ in amounts(decided).values()] == ["same", "same"]
    assert "read with a dot before the decimals, as the rest of the column" in text_of(decided)


def test_the_file_has_the_amounts_and_no_formula(client, serve):
    serve([made(1, amount=11.5), made(2, amount="=1+1"), made(3, amount=3)])
    response = look_up(client, table(("R-1", "12"), ("R-2", "=2"), ("R-3", "3"), ("none", "4")), **WITH)
    head, *rows = download(client, response)
    assert head[-5:] == ["looked_through", "amount_in_list", "amount_in_copper", "amount_difference", "amount_result"]
    assert [row[-4:] for row in rows] == [
        ["12", "11.50", "'-0.50", "Differs: Copper has 0.50 less"],
        ["'=2", "'=1+1", "", "Not compared, line 3: this cannot be read as an amount"],
        ["3", "3", "0", "Same"],
        ["4", "", "", ""],
    ]


def test_without_a_column_nothing_is_different(client, serve):
    serve([made(1, amount=1)])
    response = look_up(client, table(("R-1", "1")), amount_property="amount")
    assert "Amounts:" not in text_of(response)
    assert not amounts(response)
    assert "amount_result" not in download(client, response)[0]


def test_it_goes_on_with_its_amounts_and_says_so_far():
    lookup = Lookup(("R-1", "R-2"), ASKED, (), Listed(((2, "1"), (3, "2")), "amount"))
    lookup._take(Step((Ticket("t1", {"reference": "R-1", "amount": 1}),), ASKED, Moment.parse("2026-11-20T11:00:00Z")))
    again = Lookup.load(lookup.dump())
    assert again.listed == lookup.listed
    assert again.answer("R-1").tickets[0].amount == "1"
    told = Told(again, Names({}), ZoneInfo("UTC"))
    assert told.table().amounts == "Amounts: 1 the same, 0 differ, 0 not compared, 1 not searched to the end."
    assert (
        told.table()
        .sums[1]
        .startswith("1 line was compared so far. The sum of just these: 1 in the list, 1 in Copper.")
    )
    assert '"1","1","0","Same"' in told.csv().decode()


ASKED = TicketQuery(created_gte=Moment.parse("2026-11-19T00:00:00Z"))


def test_the_largest_state_stays_below_what_a_form_may_hold():
    pick = random.Random(1)
    texts = tuple("".join(pick.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=190)) for _ in range(5000))
    digits = ["".join(pick.choices("123456789", k=MAX_LENGTH)) for _ in range(15_000)]
    lookup = Lookup(texts, ASKED, (), Listed(tuple(enumerate(digits[:5000], 2)), "amount"))
    rows = tuple(
        Ticket(f"tkt_{pick.getrandbits(100)}", {"reference": texts[number // 3], "created": "2026-11-20T09:00:00Z",
                                                 "location": "loc_a", "amount": int(digits[number])})
        for number in range(15_000)
    )  # fmt: skip
    lookup._take(Step(rows, ASKED))
    assert len(signing.dumps(lookup.dump(), salt="x", compress=True)) < 2_450_000


def test_amounts_cost_copper_nothing(client, serve):
    """The issue's figure: 5,000 references with amounts against 20,000 tickets, at most 1.1 times the requests of a walk."""
    store = Store.generate(tickets=20_000, days=60)
    sandbox = serve(store=store)
    truth = sandbox.store.truth()
    rows = [(one["id"], f"{place / 100:.2f}") for place, one in enumerate(truth[::5])]
    rows += [(f"none-{number}", "0.1") for number in range(1000)]
    response = look_up(client, table(*rows), **{"created[gte]": truth[-1]["created"], **WITH})
    assert len(amounts(response)) == 5000
    assert "1,000 not found." in text_of(response)
    assert len(sandbox.ledger) <= 1.1 * 200
    before = asked(sandbox)
    assert go_on(client, response, "download").status_code == 200
    assert asked(sandbox) == before
    assert state(response)


def test_amount_answers_are_noted_only_where_they_are_compared():
    plain, with_amount = Answers(["R-1"]), Answers(["R-1"], ("amount",))
    for answers in (plain, with_amount):
        answers.compare(Ticket("t", {"reference": "R-1", "amount": 5}))
    assert (plain.of("R-1").tickets[0].amount, with_amount.of("R-1").tickets[0].amount) == ("", "5")
