"""Spans of time that were typed for one: `19:30-20:15` can look like a time and its offset."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

# 19:30-20:15, 19:30-21, 7pm-9pm. With a T it is ISO 8601 and none.
_SPAN = re.compile(
    r"(?<![\d:t])(?P<begin>\d?\d:\d\d)(?P<half>[ap]m)?(?P<minus> ?- ?)"
    r"(?P<end>\d\d?(?::?\d\d)?)(?P<other>[ap]m)?(?![\d-])",
    re.ASCII,
)
_HALF_A_YEAR = timedelta(days=182)


def span_words(plain: str, zone: ZoneInfo, now: datetime) -> str:
    """What to type in place of a span, also of one that could be a time and its offset, unless that is the zone's.

    Empty where it is no span.
    """
    match = _SPAN.search(plain)
    if match is None:
        return ""
    begin, end = match["begin"] + (match["half"] or ""), match["end"] + (match["other"] or "")
    digits = end.replace(":", "")
    offset = f"-{digits[:2]}:{digits[2:] or '00'}" if re.fullmatch(r"(0\d|1[0-2])(\d\d)?", digits) else ""
    ours = {(now + half_a_year).astimezone(zone).isoformat()[-6:] for half_a_year in (timedelta(), _HALF_A_YEAR)}
    as_one = offset and not match["half"] and not match["minus"].endswith(" ")
    if as_one and (offset[1:] <= begin.zfill(5) or offset in ours or match["minus"] == " -"):
        return ""
    before, behind = plain[: match.start()], plain[match.end() :]
    if not (match["half"] or match["other"]):
        end = f"{end[:2]}:{digits[2:] or '00'}" if ":" not in end else end
    told = f"This looks like a span of time: type {before}{begin}{behind} in From, and {before}{end}{behind} in To."
    if offset:
        told += f" If {offset} is the offset from UTC, type {before}{_of_24_hours(match)} {offset}."
    return told


def _of_24_hours(match: re.Match[str]) -> str:
    """The first time as it stands before an offset: behind “pm” that would be the other end of a span."""
    hour, _, minute = match["begin"].partition(":")
    if match["half"]:
        hour = str(int(hour) % 12 + (12 if match["half"] == "pm" else 0))
    return f"{hour.zfill(2)}:{minute}"
