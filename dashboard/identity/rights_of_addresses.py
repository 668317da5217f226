"""Which right each address of the site asks for: deciding it for a whole library's addresses, and finding those without."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver

from tickets_app.rights import is_open, needs, right_of

Included = tuple[list[URLPattern | URLResolver], str, str]


def all_need(right: str, included: Included) -> Included:
    """Let every view of a library's addresses ask for this right, also those that the library leaves open."""
    for pattern, _ in patterns(included[0]):
        pattern.callback = needs(right)(pattern.callback)
    return included


def patterns(urlpatterns: list[Any], before: str = "") -> Iterator[tuple[URLPattern, str]]:
    """All addresses below, each with its whole route."""
    for pattern in urlpatterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, route)
        else:
            yield pattern, route


def undecided(urlpatterns: list[Any]) -> Iterator[str]:
    """The addresses whose views say nothing of who may see them."""
    for pattern, route in patterns(urlpatterns):
        if not is_open(pattern.callback) and right_of(pattern.callback) is None:
            yield "/" + route
