"""What a start does before it serves: the checks, the tables, the roles; in one process, since each costs half a second to load.

For `make run`; the ways to serve others do the same step by step (docs/deploy.md).
"""

import os
import sys

from django.core.management import execute_from_command_line

from dashboard import serving  # noqa: F401 - checks what the server takes from the environment
from dashboard.database.commands import ended_in_one_line

COMMANDS = (["check"], ["migrate"], ["create_roles"])


def main() -> None:
    """Run them one after the other; the first that fails says why and ends it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    with ended_in_one_line():
        for command in COMMANDS:
            execute_from_command_line([sys.argv[0], *command, "--verbosity=0"])


if __name__ == "__main__":
    main()
