"""How busy each hour of a week is, as far as it was seen: what lies in a time that nobody looked at yet is estimated by it."""

from collections.abc import Iterator, Sequence

MINUTE, HOUR = 60_000_000, 3_600_000_000  # microseconds
_DAY_HOURS, _WEEK = 24, 7 * 24
_SEEN = HOUR // 2  # how long an hour of the day must have been seen: until then it counts as the mean
_PRIOR_ROWS = 60  # how many rows a day of the week must have had, to count for more than that days are alike
_FEW = 5  # times that say better than an even spread where a page's rows were


class Hours:
    """Rows and time seen in each hour of a week (UTC). An hour's rate is that of its hour of day, times its day's share."""

    def __init__(self) -> None:
        """Nothing was seen."""
        self._rows, self._time = [0.0] * _WEEK, [0] * _WEEK
        self._rates: list[float] | None = None
        self._mean = 0.0
        self.seen = False

    def add(self, low: int, high: int, rows: float, times: Sequence[int] = ()) -> None:
        """From `low` to `high` there were about so many rows; `times` are those of some of them."""
        if low >= high:
            return
        self.seen, self._rates, self._mean = True, None, 0.0
        for hour, overlap in _slices(low, high):
            self._time[hour] += overlap
            if len(times) < _FEW:
                self._rows[hour] += rows * overlap / (high - low)
        if len(times) >= _FEW:
            for at in times:
                self._rows[at // HOUR % _WEEK] += rows / len(times)

    @property
    def mean(self) -> float:
        """Rows a microsecond over all that was seen."""
        if not self._mean:  # added up once: an estimate asks for it at each of its steps
            self._mean = sum(self._rows) / max(1, sum(self._time))
        return self._mean

    def rate(self, at: int) -> float:
        """Rows a microsecond to be expected at a time."""
        if self._rates is None:
            self._rates = self._worked_out()
        return self._rates[at // HOUR % _WEEK]

    def _worked_out(self) -> list[float]:
        mean, rates = self.mean, list[float]()
        for hour in range(_DAY_HOURS):
            rows, time = sum(self._rows[hour::_DAY_HOURS]), sum(self._time[hour::_DAY_HOURS])
            rates.append(rows / time if time > _SEEN else mean)
        found: list[float] = []
        for first in range(0, _WEEK, _DAY_HOURS):
            day = slice(first, first + _DAY_HOURS)
            usual = sum(time * rate for time, rate in zip(self._time[day], rates, strict=True))
            share = (sum(self._rows[day]) + _PRIOR_ROWS) / (usual + _PRIOR_ROWS)
            found += [rate * share for rate in rates]
        return found


def _slices(low: int, high: int) -> Iterator[tuple[int, int]]:
    """The hours of the week that a time overlaps, and by how many microseconds; of a long one the whole weeks at once."""
    weeks, rest = divmod(high - low, _WEEK * HOUR)
    if weeks:
        yield from ((hour, weeks * HOUR) for hour in range(_WEEK))
    at = high - rest
    while at < high:
        end = min((at // HOUR + 1) * HOUR, high)
        yield at // HOUR % _WEEK, end - at
        at = end
