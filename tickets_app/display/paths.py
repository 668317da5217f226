"""The paths of pages that have nothing in them, such as `/tickets/`: each is looked up once, and not for every link."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def path_of(name: str) -> str:
    """The path of a page by its name, below the folder that the site is served under."""
    return _known(name, get_script_prefix())


@lru_cache(256)
def _known(name: str, _prefix: str) -> str:
    return reverse(name)
