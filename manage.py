#!/usr/bin/env python3
"""Django's command line for this project."""

import os
import sys


def main() -> None:
    """Run a command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    # A command is no worker of the server: it counts for itself, and the server's folder may not be there.
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
    from dashboard import environment  # reads `.env`, too

    # `make run` made a secret of this machine's own: commands beside it need no other.
    kept = environment.PROJECT / ".local" / "secret_key"
    if not (os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE")) and kept.exists():
        os.environ["SECRET_KEY_FILE"] = str(kept)
    from django.core.management import execute_from_command_line

    from dashboard.database.commands import ended_in_one_line

    with ended_in_one_line():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
