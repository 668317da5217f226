"""The strip that a chart is while it is closed: the same bars as two outlines, without their words and links."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from tickets_app.timeline.buckets import SLOT
from tickets_app.timeline.histogram import Bucket, Histogram

HEIGHT = 80  # units of the drawing: the tallest bar


@dataclass(frozen=True, slots=True)
class Strip:
    """What is drawn of it. `outline`: of all bars; `open_outline`: of the slots that are not counted to their end."""

    width: int
    outline: str
    open_outline: str
    height: int = HEIGHT


def height(seen: int, tallest: int) -> int:
    """How high a bar stands, where the tallest is of so many tickets: to be seen wherever there is one."""
    return max(2, round(HEIGHT * seen / tallest)) if seen else 0


def kind(bucket: Bucket) -> str:
    """What is known of a bar: "counted", "least" (some of it), "unknown"."""
    return "counted" if bucket.done else "least" if bucket.seen else "unknown"


def draw(histogram: Histogram) -> Strip:
    """Put what was counted into outlines."""
    seen = [bucket.seen for bucket in histogram.buckets]
    tallest = max(seen, default=0)
    heights = [height(one, tallest) for one in seen]
    columns = [f"M{SLOT * number + 1} {HEIGHT}v-{high}h18v{high}z" for number, high in enumerate(heights) if high]
    return Strip(SLOT * len(seen), "".join(columns), "".join(_open(histogram)))


def _open(histogram: Histogram) -> Iterator[str]:
    """Slots beside each other as one: of a list that was just begun nearly all are open."""
    start = 0
    for is_open, buckets in groupby(histogram.buckets, lambda bucket: not bucket.done):
        wide = SLOT * len(list(buckets))
        if is_open:
            yield f"M{start} 0h{wide}v{HEIGHT}h-{wide}z"
        start += wide
