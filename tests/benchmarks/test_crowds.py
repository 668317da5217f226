"""What `make bench` says of crowds, first matches and busy hours; its people really use the site. Nothing here is a time."""

import pytest

from benchmarks import busy_hours, crowded, first_match, people
from benchmarks.measuring import WALK, Figures
from benchmarks.people import Answer, Carried


def figures(client: str, **changed) -> Figures:
    plain = {"seconds": 10.0, "first": 1.0, "requests": 200, "throttled": 0, "found": 30, "in_order": True}
    return Figures(**{"client": client, "tickets": 10_000, "matches": 30, **plain, **changed})


def carried(*answers: Answer, seconds: float = 10.0) -> Carried:
    return Carried(200, 2, answers, seconds)


def answer(what: str = "list", *, status: int = 200, seconds: float = 1.0, own: float = 0.1) -> Answer:
    return Answer(what, 0.0, status, seconds, own)


def test_people_open_lists_tickets_and_further_pages_of_a_real_server():
    seen: set[str] = set()
    for _ in range(6):  # on a machine that has other work to do they come to few pages
        found = people.measured(people=40, seconds=6)
        assert found.errors == 0
        assert all(0 < one.own <= one.seconds for one in found.answers)
        seen |= {one.what for one in found.answers}
        if seen >= {"list", "appended", "ticket"}:
            return
    pytest.fail(f"they came to no more than {seen}")


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({}, [True, True, True]),
        ({"own": 0.2}, [False, True, True]),
        ({"seconds": 1.6}, [True, False, True]),
        ({"status": 503}, [True, True, False]),
        ({"status": 0}, [True, True, False]),
        ({"what": "ticket", "seconds": 9.0}, [True, True, True]),
    ],
)
def test_one_in_ten_decides(changed, holds):
    found = people.verdicts(carried(*[answer()] * 9, answer(**changed)))
    assert [one.holds for one in found] == holds


def test_one_in_a_hundred_does_not_but_for_errors():
    found = people.verdicts(carried(*[answer()] * 99, answer(own=5.0, seconds=9.0)))
    assert [one.holds for one in found] == [True, True, True]


def test_nobody_who_was_answered_is_no_success():
    assert not any(one.holds for one in people.verdicts(carried()))


@pytest.mark.parametrize(("then", "holds"), [(4, True), (5, False)])
def test_the_version_before_gave_two_fifths_as_many_answers_at_most(then, holds):
    verdict = people.verdicts(carried(*[answer()] * 10), carried(*[answer()] * then))[-1]
    assert verdict.holds is holds


def test_a_version_of_before_gets_a_folder_that_goes_afterwards(monkeypatch):
    run, asked = people.subprocess.run, []

    def but_for_the_setup(command, **options):
        asked.append(command)
        return None if "scripts/setup.py" in command else run(command, **options)

    monkeypatch.setattr(people.subprocess, "run", but_for_the_setup)
    with people.version("HEAD") as home:
        assert (home / "manage.py").is_file()
    assert not home.exists()
    assert any("scripts/setup.py" in command for command in asked)


@pytest.mark.parametrize(("longest", "holds"), [(2.0, True), (2.1, False)])
def test_beside_a_crowd_the_longest_look_counts(longest, holds):
    beside = {what: [0.1, 0.2] for what in crowded.AT_MOST} | {"a list page": [0.1, longest, 0.1]}
    found = {one.line: one.holds for one in crowded.verdicts(crowded.Looks({}, beside, {}))}
    assert found.pop("7. beside a crowd: a list page, s") is holds
    assert all(found.values())


@pytest.mark.parametrize(
    ("changed", "holds"), [({"first": 1.5}, True), ({"first": 1.6}, False), ({"first": None, "found": 0}, False)]
)
def test_the_first_match_is_compared_with_the_walks(changed, holds):
    [verdict] = first_match.verdicts([figures(WALK), figures(first_match.SCRIPTS, **changed)])
    assert verdict.holds is holds


@pytest.mark.parametrize(("firsts", "holds"), [((1.2, 1.3, 9.0), True), ((1.2, 1.6, 1.7), False)])
def test_of_three_first_matches_the_one_in_the_middle_counts(firsts, holds):
    [verdict] = first_match.verdicts([figures(WALK), *(figures(first_match.SCRIPTS, first=first) for first in firsts)])
    assert verdict.holds is holds


@pytest.mark.parametrize(("seconds", "holds"), [(5.0, True), (5.1, False)])
def test_a_long_search_is_followed_to_its_end_in_half_of_the_time(seconds, holds):
    long = {"matches": 3_000, "found": 3_000}
    found = first_match.verdicts([figures(WALK, **long), figures(first_match.SCRIPTS, seconds=seconds, **long)])
    assert [one.holds for one in found] == [True, holds]


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({"seconds": 1.7, "requests": 230}, [True, True]),
        ({"seconds": 1.8, "requests": 230}, [False, True]),
        ({"seconds": 1.7, "requests": 231}, [True, False]),
        ({"seconds": 1.7, "found": 29}, [False, False]),
    ],
)
def test_busy_hours_are_compared_with_the_walk_over_the_same_tickets(changed, holds):
    walks = figures(WALK, seconds=1.0), figures(WALK)
    found = busy_hours.verdicts(30, [walks[0], walks[1], figures(first_match.SCRIPTS, **changed)])
    assert [one.holds for one in found] == holds


def test_a_site_that_lets_nobody_in_is_not_measured(monkeypatch):
    """An earlier version knew other sessions, and was compared by its log-in page."""
    monkeypatch.setattr(crowded, "SIGN_IN", "print('somebody')")
    with pytest.raises(RuntimeError, match="nobody is let in"), crowded.site(1):
        pass
