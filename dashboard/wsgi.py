"""The server's entry point. Wrong settings stop it with a line each, not with a traceback at the first request."""

import io
import os
import sys

from django.core.management.base import SystemCheckError
from django.core.wsgi import get_wsgi_application

from dashboard.readable import shielded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

NOT_LOADED = 3  # gunicorn's own code for "the app cannot be loaded"


def _checked() -> None:
    from django.core.management import call_command

    from dashboard.checks import starting

    try:
        call_command("check", stdout=io.StringIO())
    except SystemCheckError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(NOT_LOADED) from None
    if problems := list(starting()):
        sys.stderr.write("".join(f"{problem}\n" for problem in problems))
        raise SystemExit(NOT_LOADED)


def _made_ready() -> None:
    """Load and compile what the first page would wait for."""
    from django.contrib.auth import get_backends

    from tickets_app.display import fragments

    get_backends()
    fragments.compile_all()


application = shielded(get_wsgi_application())
_checked()
_made_ready()
