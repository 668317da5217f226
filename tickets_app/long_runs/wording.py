"""How an export goes, in words: it never says "complete" before all was sent, nor "running" of one that fell silent."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from tickets_app.copper.moments import Moment
from tickets_app.filters import times
from tickets_app.long_runs.progress import SILENT, Run, State


@dataclass(frozen=True, slots=True)
class RunView:
    """What the page says of one export. `permille` is how much of the time asked for is behind, where it is bounded."""

    running: bool
    complete: bool
    heading: str
    so_far: str
    left: str
    silent: str
    failure: str
    rows: str
    unreadable: int
    newest: str
    oldest: str
    sha256: str
    size: str
    permille: int | None
    go_on_url: str


_HEADINGS = {
    State.RUNNING: "The file is being made",
    State.COMPLETE: "The file is complete",
    State.INCOMPLETE: "The file is not complete",
    State.CANCELLED: "Cancelled: the file is not complete",
    State.LEFT: "The transfer was ended: the file is not complete",
}


def run_view(run: Run, zone: ZoneInfo, now: datetime) -> RunView:
    """Put an export into words; times in `zone`."""
    share, quiet = _share(run, now), now.timestamp() - run.at
    tickets = f"{run.rows:,} {'ticket' if run.rows == 1 else 'tickets'}"
    back = f", back to {_shown(run.looked_to, zone)}" if run.looked_to and run.state is not State.COMPLETE else ""
    return RunView(
        running=run.running,
        complete=run.state is State.COMPLETE,
        heading=_HEADINGS[run.state] if run.begun else "The file was not begun",
        so_far=f"{tickets}{_where(run)}{' so far' if run.running else ''}{back}." if run.begun else "",
        left=_left(run, share, now) if run.running else "",
        silent=f"Nothing was heard of it for {quiet:.0f} s: it waits for Copper or for your browser, or its server stopped."
        if run.running and quiet > SILENT
        else "",
        failure=run.failure or "",
        rows=f"{run.rows:,}",
        unreadable=run.unreadable,
        newest=_shown(run.newest, zone) if run.newest else "",
        oldest=_shown(run.oldest, zone) if run.oldest else "",
        sha256=run.sha256 or "",
        size=f"{run.size:,}",
        permille=round(1000 * share) if share is not None and run.running else None,
        go_on_url=f"{reverse('tickets:export')}?{run.rest}" if run.rest else "",
    )


def _share(run: Run, now: datetime) -> float | None:
    """How much of the time asked for is behind, from 0 to 1; None where it has no start."""
    low, at, high = Moment.parse(run.low), Moment.parse(run.looked_to), Moment.parse(run.high)
    if low is None or at is None:
        return None
    top = high.microseconds if high else Moment.of(now).microseconds
    return max(0.0, min(1.0, (top - at.microseconds) / max(1, top - low.microseconds)))


def _left(run: Run, share: float | None, now: datetime) -> str:
    if share is None or share < 0.02:
        return ""
    seconds = (now.timestamp() - run.began) * (1 - share) / share
    return f"About {max(1, round(seconds))} s left." if seconds < 90 else f"About {round(seconds / 60)} min left."


def _where(run: Run) -> str:
    """What was done with the tickets that are counted; a look-up's page says it in front of them."""
    return "" if run.file_format == "lookup" else " in the file"


def _shown(text: str, zone: ZoneInfo) -> str:
    moment = Moment.parse(text)
    return times.show(moment, zone) if moment else text
