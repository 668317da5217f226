"""What the client tells about its work to whoever wants to count it. Knows nothing of how that is done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tickets_app.copper.errors import CopperError

OK = "ok"  # the result of a good answer; others are named by their `Kind`
BROKEN = "broken"  # an error that is none of Copper's: a mistake of ours


class Observer:
    """Told what happens, from several threads at once. This one does nothing: override what is wanted."""

    def began(self) -> None:
        """A request is about to be sent."""

    def ended(self, result: str, seconds: float, status: int | None) -> None:
        """It was answered or failed: OK or a `Kind`, how long it took, and Copper's HTTP status where there was one."""

    def retried(self) -> None:
        """A request that failed will be sent again."""

    def held_back(self) -> None:
        """A request was not sent, because Copper failed again and again just now."""

    def limited(self, limit: int) -> None:
        """So many requests may be in flight from now on."""

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Tell of one request, sent and read within."""
        started, result, status = time.monotonic(), BROKEN, None  # type: float, str, int | None
        self.began()
        try:
            yield
            result, status = OK, 200
        except CopperError as error:
            result, status = error.kind, error.status
            raise
        finally:
            self.ended(result, time.monotonic() - started, status)
