"""How busy an hour is expected to be: as it was at that hour of day, times what its day of the week is."""

import pytest

from tickets_app.copper.walking.hours import HOUR, Hours

DAY = 24 * HOUR


def weeks(count: int, rows_of_day: list[int]) -> Hours:
    """Open from 10 to 14, as busy as the day of the week is."""
    hours = Hours()
    for day in range(7 * count):
        start = day * DAY
        hours.add(start, start + 10 * HOUR, 0)
        hours.add(start + 10 * HOUR, start + 14 * HOUR, rows_of_day[day % 7])
        hours.add(start + 14 * HOUR, start + DAY, 0)
    return hours


def expected(hours: Hours, at: int) -> float:
    return hours.rate(at) * HOUR


def test_closed_hours_hold_nothing_and_open_ones_all():
    hours = weeks(2, [400] * 7)
    assert expected(hours, 100 * DAY + 3 * HOUR) == 0
    assert expected(hours, 100 * DAY + 12 * HOUR) == pytest.approx(100)
    assert hours.mean * DAY == pytest.approx(400)


def test_a_day_of_the_week_that_is_busier_is_expected_to_be_so_again():
    hours = weeks(4, [400, 400, 400, 400, 400, 1200, 400])
    assert expected(hours, 7 * 50 * DAY + 5 * DAY + 12 * HOUR) > 2 * expected(hours, 7 * 50 * DAY + 12 * HOUR)


def test_one_busy_day_does_not_yet_make_its_day_of_the_week():
    hours = Hours()
    hours.add(0, DAY, 5)
    hours.add(DAY, 2 * DAY, 15)
    assert expected(hours, 8 * DAY) < 1.2 * expected(hours, 7 * DAY)


def test_an_hour_that_was_hardly_seen_counts_as_the_mean():
    hours = Hours()
    hours.add(0, 10 * HOUR, 1000)
    hours.add(10 * HOUR, 10 * HOUR + HOUR // 4, 0)
    assert hours.rate(10 * HOUR) == pytest.approx(hours.mean, rel=0.05)


def test_times_say_where_in_a_long_stretch_its_rows_were():
    hours = Hours()
    hours.add(0, 10 * HOUR, 100, [HOUR // 2 + number for number in range(5)])
    assert expected(hours, DAY) > 50 > expected(hours, DAY + 5 * HOUR) == 0


def test_months_are_as_good_as_their_weeks_and_no_time_at_all_is_nothing():
    hours = Hours()
    hours.add(5, 5, 7)
    assert not hours.seen
    hours.add(0, 26 * 7 * DAY + 3 * HOUR, 26 * 7 * 24 * 10)
    assert expected(hours, 9 * DAY) == pytest.approx(10, rel=0.01)


def test_of_nothing_seen_the_mean_is_nothing():
    assert Hours().mean == 0
