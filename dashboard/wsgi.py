"""The server's entry point. Wrong settings stop it with a line each, not with a traceback at the first request."""

import io
import os
import sys

from django.core.management.base import SystemCheckError
from django.core.wsgi import get_wsgi_application

from dashboard.readable import shielded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")


def _checked() -> None:
    from django.core.management import call_command

    try:
        call_command("check", stdout=io.StringIO())
    except SystemCheckError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(3) from None  # gunicorn's own code for "the app cannot be loaded"


application = shielded(get_wsgi_application())
_checked()
