"""A number is shown, copied, kept and taken away with the digits that Copper sent, however it was spelled."""

import html
import json
import re
from contextlib import ExitStack

import pytest

from tests.fault_server import FaultServer, answer
from tests.pages.conftest import no_answers_kept  # noqa: F401 - a fixture
from tests.tickets_app.export.reading import body, rows_of
from tests.tickets_app.lookup.reading import download, lines, look_up
from tickets_app.copper import numbers
from tickets_app.display.property_paths import MAX_COLUMNS
from tickets_app.display.values import MAX_DETAIL, cut

WHOLE = [
    "0", "-0", "1", "-1", "7", "10", "-10", "42", "100", "1099", "65535", "65536", "-2147483648", "4294967296",
    "9007199254740991", "9007199254740993", "-9007199254740993", "9223372036854775807", "9223372036854775808",
    "18446744073709551616", "123456789012345678901234567890", "-99999999999999999999999999999999",
    "1000000000000000000000000", "1" + "0" * 100,
]  # fmt: skip
FRACTIONS = [
    "0.0", "-0.0", "0.1", "0.10", "0.100", "1.0", "1.10", "12.10", "12.1", "12.100", "-12.10", "0.30", "0.5", "0.50",
    "1.005", "2.675", "9.99", "10.00", "99.90", "100.00", "1000.00", "1000000.00", "123456.70", "0.01", "0.001", "0.0010",
    "0.000001", "0.0000001", "0.00000010", "3.141592653589793", "3.1415926535897932384626", "123456789012345678.91",
    "-123456789012345678.91", "0.1000000000000000000001", "0.30000000000000004", "4.35", "1.15", "19.999999999999996",
    "9007199254740993.0", "9007199254740993.5", "123456789.123456789", "1.7976931348623157", "2.2250738585072014",
]  # fmt: skip
EXPONENTS = [
    "0e0", "0E0", "-0e0", "1e0", "1E0", "1e1", "1e+1", "1E+1", "1e-1", "1E-1", "1e01", "1e5", "1.0e5", "1.10e1", "1.5E3",
    "12.10e0", "1e15", "1e16", "1e17", "1e20", "1e21", "1e22", "1E22", "-1e22", "1e23", "1.0E+2", "6.02214076e23",
    "1e100", "1e308", "1.7976931348623157e308", "1.7976931348623159e308", "1e309", "1e400", "-1e400", "1E400", "5e-324",
    "1e-400", "-1e-400", "4.9e-324", "2.2250738585072014E-308", "1e00", "1.e1".replace(".e", ".0e"),
]  # fmt: skip
SPELLINGS = [*WHOLE, *FRACTIONS, *EXPONENTS]


def test_there_are_a_hundred_of_them():
    assert len(set(SPELLINGS)) == len(SPELLINGS) >= 100


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_was_read_is_written_as_it_was(spelling):
    value = numbers.loads(spelling)
    assert isinstance(value, int | float)
    assert numbers.dumps(value) == str(value) == spelling
    nested = f'{{"a":[{spelling},{{"b":{spelling}}}]}}'
    assert numbers.dumps(numbers.loads(nested)) == nested
    for written in (numbers.dumps(numbers.loads(nested), spaced=True), numbers.indented(numbers.loads(nested))):
        assert re.sub(r"\s", "", written) == nested
        json.loads(written)  # and it is JSON


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "01", "1.", ".5", "+1", "0x1", "1e", "--1", '{"a":1,"a":2}']
)
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - json's own, and its texts are not ours
        numbers.loads(text)


@pytest.fixture
def everywhere(client, settings):
    """A client of the site over a ticket with all spellings, and their names."""
    settings.COPPER_CACHE_SECONDS = 60
    names = {f"n{number}": spelling for number, spelling in enumerate(SPELLINGS)}
    fields = ",".join(f'"{name}":{spelling}' for name, spelling in names.items())
    deep = f'{{"all":[{",".join(SPELLINGS)}]}}'
    ticket = f'{{"id":"tkt_00001","created":"2026-11-20T09:00:00Z","reference":"R-1",{fields},"deep":{deep}}}'
    whole = f'{{"object":"list","data":[{ticket}],"has_more":false}}'

    def give(connection) -> None:
        asked = server.requests[-1].split(b"\r\n", 1)[0]
        answer((ticket if b"/tickets/tkt" in asked else whole).encode())(connection)

    with FaultServer(give) as server:
        settings.COPPER_API_URL = server.url
        yield client, names


def texts_of(page: str) -> list[str]:
    return [html.unescape(one).strip() for one in re.findall(r">([^<]+)(?=<)", page)]


def missing(wanted: list[str], there: list[str] | str) -> list[str]:
    return [one for one in wanted if one not in there]


def test_ticket_and_raw_json_show_the_digits_as_sent(everywhere):
    client, names = everywhere
    for _ in range(2):  # from Copper, then from the cache
        ticket = client.get("/tickets/tkt_00001/").content.decode()
        assert missing(SPELLINGS, texts_of(ticket)) == []
        raw = re.sub(r"<[^>]+>", "", html.unescape(re.search(r"<pre[^>]*>(.*?)</pre>", ticket, re.DOTALL)[1]))
        assert missing([f'"{name}": {one},' for name, one in names.items()], raw) == []
        copies = [html.unescape(one) for one in re.findall(r'data-copy="([^"]*)"', ticket)]
        assert missing([json.dumps(one) for one in SPELLINGS], copies) == []


def test_the_columns_of_a_list_show_the_digits_as_sent(everywhere):
    client, names = everywhere
    for first in range(0, len(names), MAX_COLUMNS):
        chosen = list(names)[first : first + MAX_COLUMNS]
        for _ in range(2):  # from Copper, then from the cache
            page = client.get(f"/tickets/?columns={','.join(chosen)}").content.decode()
            cells = re.findall(r'data-label="(n\d+)"><bdi>(.*?)</bdi>', page)
            assert cells == [(name, names[name]) for name in chosen]


@pytest.fixture
def references(settings):
    """Copper with a ticket for each of some spellings, which is its reference and an amount; the numbers of these tickets."""
    with ExitStack() as stack:

        def start(spellings: list[str]) -> list[str]:
            ids = [f"tkt_{number:05}" for number in range(len(spellings))]
            tickets = ",".join(
                f'{{"id":"{id_}","created":"2026-11-20T09:00:00Z","reference":{one},"amount":{one}}}'
                for id_, one in zip(ids, spellings, strict=True)
            )
            whole = f'{{"object":"list","data":[{tickets}],"has_more":false}}'
            settings.COPPER_API_URL = stack.enter_context(FaultServer(answer(whole.encode()))).url
            return ids

        yield start


@pytest.mark.parametrize("spellings", [WHOLE, FRACTIONS, EXPONENTS], ids=["whole", "fractions", "exponents"])
def test_the_rows_of_a_list_show_the_digits_as_sent(client, references, spellings):
    references(spellings)
    page = client.get("/tickets/").content.decode()
    assert re.findall(r'class="reference"><a [^>]+><bdi>(.*?)</bdi>', page) == spellings
    details = re.findall(r'<span class="name">amount</span> <bdi>(.*?)</bdi>', page)
    assert details == [cut(one, MAX_DETAIL) for one in spellings]


def test_files_hold_the_digits_as_sent(everywhere):
    client, names = everywhere
    lines = body(client.get("/tickets/export.ndjson")).decode()
    assert missing([f'"{name}":{one},' for name, one in names.items()], lines) == []
    row = rows_of(body(client.get("/tickets/export.csv")))[0]
    assert {name: row[name] for name in names} == names


def test_a_reference_that_is_a_number_is_looked_up_as_it_was_sent(client, references):
    """12.1, 12.10 and 12.100 are three references: page and file say of each which ticket has it."""
    ids = references(SPELLINGS)
    result = look_up(client, SPELLINGS)
    assert lines(result) == [(one, "found", "Found", [id_]) for one, id_ in zip(SPELLINGS, ids, strict=True)]
    rows = [(row[0].removeprefix("'"), *row[1:4]) for row in download(client, result)[1:]]
    assert rows == [(one, "Found", "1", id_) for one, id_ in zip(SPELLINGS, ids, strict=True)]


@pytest.mark.parametrize(
    "around", ["{}", "[1,{}]", "[{}]", '{{"a":{}}}', '{{"a": {}}}', '{{"a":\n{}}}', "[\t{}]", "[\r{}]"]
)
def test_minus_zero_keeps_its_sign_wherever_it_stands(around):
    text = around.format("-0")
    assert numbers.dumps(numbers.loads(text)) == text.translate({9: None, 10: None, 13: None, 32: None})


def nested(levels: int, kind: str, inner: str = "1.10") -> str:
    opening, closing = {"lists": ("[", "]"), "objects": ('{"a":', "}"), "both": ('[{"a":', "}]")}[kind]
    pairs = levels // 2 if kind == "both" else levels
    return opening * pairs + inner + closing * pairs


@pytest.mark.parametrize("beside", ["", "[[{{", "]" * 200, "[" * 200])
@pytest.mark.parametrize("kind", ["lists", "objects", "both"])
def test_what_is_nested_too_deep_to_be_written_is_not_read(kind, beside):
    text = f'["{beside}", {{}}, {{"a": {nested(numbers.DEEPEST - 2, kind)}}}]'
    written = numbers.dumps(numbers.loads(text))
    assert written == text.replace(" ", "")
    for levels in (numbers.DEEPEST, 500, 900):
        with pytest.raises(ValueError, match="nested too deep"):
            numbers.loads(f'["{beside}", {nested(levels, kind)}]')


@pytest.mark.parametrize("levels", [90, 330, 480, 900])
def test_no_depth_is_an_error_of_ours(client, settings, levels):
    """A number that a float says otherwise made the writing of 330 levels one, and a list had one of 480 objects."""
    settings.COPPER_CACHE_SECONDS = 0
    ticket = f'{{"id":"tkt_00001","reference":"R-1","deep":{nested(levels, "objects")}}}'
    listed = f'{{"object":"list","data":[{ticket}],"has_more":false}}'
    for path, text in {
        "/tickets/": listed,
        "/tickets/export.csv": listed,
        "/tickets/export.xlsx": listed,
        "/tickets/tkt_00001/": ticket,
        "/tickets/tkt_00001/ticket.json": ticket,
    }.items():
        with FaultServer(answer(text.encode())) as server:
            settings.COPPER_API_URL = server.url
            response = client.get(path)
            body(response)
            assert response.status_code == (200 if levels < numbers.DEEPEST else 502)
