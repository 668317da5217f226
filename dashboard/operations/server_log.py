"""gunicorn's own messages in the same form as all others: some of its errors hold an address with its query."""

import logging
import os
import re
import sys
from typing import Any

from gunicorn.glogging import Logger

from dashboard.operations.logs import REMOVED, JsonLine, Output

# The lines are cleaned with the settings, and gunicorn logs before Django is started.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")


_WORDS_OF_IT = re.compile(r"(?<=[ (])b?[\"'].*", re.DOTALL)


def without_its_words(record: logging.LogRecord) -> bool:
    """For what could not be read of a request: which kind of fault it is stays, what stood there goes."""
    said = record.getMessage()
    if said.startswith("Invalid request from ip="):
        record.msg, record.args = _WORDS_OF_IT.sub(REMOVED, said), ()
    return True


class ServerLog(Logger):  # type: ignore[misc] # gunicorn has no types
    """Writes JSON lines."""

    def setup(self, cfg: Any) -> None:
        """Set gunicorn's own handlers up, then change how they write."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLine())
            handler.addFilter(without_its_words)

    def _set_handler(self, log: Any, output: Any, fmt: Any, stream: Any = None) -> None:
        """gunicorn's, and standard error holds nothing up: the loop of each worker and the server's own write there."""
        super()._set_handler(log, output, fmt, stream)
        if output == "-":
            former = self._get_gunicorn_handler(log)
            ours = Output(former.stream)
            ours._gunicorn = True  # type: ignore[attr-defined] # gunicorn's mark of its own handlers
            log.handlers[log.handlers.index(former)] = ours

    def exception(self, msg: str, *args: object, **kwargs: Any) -> None:
        """What broke an answer off. Where that was meant it is no error: whoever made the answer has told why."""
        raised = sys.exc_info()[1]
        if getattr(raised, "is_meant", False):
            self.info("An answer was broken off %s", raised)
        else:
            super().exception(msg, *args, **kwargs)
