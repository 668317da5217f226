"""gunicorn's own messages in the same form as all others: some of its errors hold an address with its query."""

import os
from typing import Any

from gunicorn.glogging import Logger

from dashboard.operations.logs import JsonLine

# The lines are cleaned with the settings, and gunicorn logs before Django is started.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")


class ServerLog(Logger):  # type: ignore[misc] # gunicorn has no types
    """Writes JSON lines."""

    def setup(self, cfg: Any) -> None:
        """Set gunicorn's own handlers up, then change how they write."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLine())
