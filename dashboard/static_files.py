"""Which static files of the libraries are collected: not those that no page uses. Each is hashed and compressed twice."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Of Bootstrap, pages use bootstrap.min.css alone; its source map goes with it.
_UNUSED = ["js/bootstrap.*", "css/bootstrap-*", "css/bootstrap.rtl.*", "css/bootstrap.css*"]
# Of htmx, the second version, without extensions.
_UNUSED += ["django_htmx/htm*-4.*", "django_htmx/ext/*"]
# What is there for reading as well: pages take the short form, but for DEBUG, where nothing collected is served.
_UNUSED += ["jquery.js", "select2.full.js", "xregexp.js"]


class UsedStaticFiles(StaticFilesConfig):
    """Django's app, with more to ignore."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, *_UNUSED]  # noqa: RUF012 - as in Django's own


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # WhiteNoise has no types
    """WhiteNoise's, which is asked once for the address of each file: a page names a dozen, and none changes while it runs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """The address, with the hash of what is in the file."""
        if settings.DEBUG or force or name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]


def check_collected() -> None:
    """End the process with one line where they are not collected: each page names some by their hashes, and would fail."""
    if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        sys.exit("The static files are not collected. Run: python manage.py collectstatic --noinput")
