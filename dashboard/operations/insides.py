"""The page of an error's insides (DEBUG=true) without secrets.

Django hides settings by their names alone: a password in an address (CACHE_URL, DATABASE_URL), and every secret among the
variables of the code that failed, stood there in full. Where a secret is shown does not matter here, only that it is one.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

from dashboard.operations.logs import REMOVED, forms_of_key

LEAST = 4  # characters: what is shorter stands in other words, too
_WHO = re.compile(r"://[^\s/@]*@")  # name and password in any other address


class Insides(ExceptionReporter):
    """Django's page, as HTML and as text."""

    def get_traceback_html(self) -> SafeString:
        """For browsers."""
        return SafeString(without_secrets(super().get_traceback_html()))  # nosec B703 - Django made it

    def get_traceback_text(self) -> SafeString:
        """For programs."""
        return SafeString(without_secrets(super().get_traceback_text()))  # nosec B703 - as above


def without_secrets(text: str) -> str:
    """The text with a word in place of each secret of the settings, however it is spelled there."""
    spelled = {spelling for secret in _secrets() if len(secret) >= LEAST for spelling in _spellings(secret)}
    for secret in sorted(spelled, key=len, reverse=True):
        text = text.replace(secret, REMOVED)
    return _WHO.sub(f"://{REMOVED}@", text)


def _secrets() -> Iterator[str]:
    yield from forms_of_key(settings.COPPER_API_KEY)
    yield from (settings.SECRET_KEY, settings.OIDC_CLIENT_SECRET, settings.METRICS_TOKEN)
    yield from (str(database.get("PASSWORD") or "") for database in settings.DATABASES.values())
    for cache in settings.CACHES.values():
        servers = cache.get("LOCATION", "")
        for url in [servers] if isinstance(servers, str) else servers:
            yield urlsplit(url).password or ""


def _spellings(secret: str) -> Iterator[str]:
    """As it is, in an address, and both as Python and HTML write them."""
    for text in (secret, quote(secret, safe="")):
        yield from (text, escape(text), repr(text)[1:-1], escape(repr(text)[1:-1]))
