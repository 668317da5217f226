"""Whose page it is: a person who is logged in, or, where nobody logs in, the session of a browser. And what they prefer."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import InterfaceError, InternalError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse

from tickets_app.models import Owned, Preference
from tickets_app.statements import found

# What a database raises that is away, frozen, locked, full or read-only. Other kinds are mistakes of ours.
AWAY = (OperationalError, InterfaceError, InternalError)
RETRY_AFTER = 5  # seconds, that the page says then

KEPT = "kept"  # in the session of a browser that something belongs to
Known = TypeVar("Known")
logger = logging.getLogger(__name__)
YEAR = 365 * 24 * 3600  # seconds that a browser remembers what was chosen in it

# Kept by the browser and not by person: the screen at the till line may be dark, the one in the office light.
THEME, THEMES = "theme", ("light", "dark")
WATCH = "new_tickets"  # the cookie that turns the poll for new tickets off
CHART = "chart"  # the cookie that keeps the chart of a list open


@dataclass(frozen=True, slots=True)
class Owner:
    """To whom saved views and preferences belong."""

    user: AbstractBaseUser | None = None
    session_key: str | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The owner as fields of the database."""
        return {"user": self.user, "session_id": self.session_key}

    def owns(self, thing: Owned) -> bool:
        """Whether it is theirs."""
        return (thing.user_id, thing.session_id) == (self.user.pk if self.user else None, self.session_key)


def owner_of(request: HttpRequest) -> Owner | None:
    """Give the owner; None where nobody logs in and nothing belongs to this browser yet."""
    if request.user.is_authenticated:
        return Owner(user=request.user)
    return Owner(session_key=request.session.session_key) if request.session.get(KEPT) else None


def begin(request: HttpRequest) -> Owner:
    """Give the owner; a browser in which nobody logs in gets a session that lasts."""
    owner = owner_of(request)
    if owner is None:
        request.session[KEPT] = True
        request.session.set_expiry(YEAR)
        request.session.save()
        owner = Owner(session_key=request.session.session_key)
    return owner


def preference_of(request: HttpRequest) -> Preference | None:
    """Give what the person prefers, if they ever said so; read once for each request."""
    kept = vars(request)
    if "preference" not in kept:
        kept["preference"] = while_known(request, lambda: _read_preference(request), None)
    preference: Preference | None = kept["preference"]
    return preference


def _read_preference(request: HttpRequest) -> Preference | None:
    owner = owner_of(request)
    if owner is None:
        return None
    if owner.user and hasattr(owner.user, _READ):
        read: Preference | None = getattr(owner.user, _READ)
        return read
    asked = (_OF_USER, owner.user.pk) if owner.user else (_OF_SESSION, owner.session_key)
    return next(iter(found(Preference, asked[0], [asked[1]])), None)


def read_with(user: AbstractBaseUser, preference: Preference | None) -> None:
    """Keep with a person what was read of their preference together with them: it is asked for once less."""
    setattr(user, _READ, preference)


_READ = "preference_as_read"


# As they are, and not put together by Django: every page asks, and that took four times as long as the answer.
_OF_USER = "SELECT * FROM tickets_app_preference WHERE user_id = %s"
_OF_SESSION = "SELECT * FROM tickets_app_preference WHERE session_id = %s"


def while_known(request: HttpRequest, ask: Callable[[], Known], otherwise: Known) -> Known:
    """What `ask` finds in the database; `otherwise` where it is away: tickets come without it, and the page says so."""
    try:
        return ask()
    except AWAY as error:
        logger.warning("What a person keeps could not be read (%s)", type(error).__name__)
        vars(request)["person_unknown"] = True
        return otherwise


def prefer(request: HttpRequest, **values: object) -> None:
    """Note what a person prefers (fields of Preference)."""
    owner = begin(request)
    with transaction.atomic():
        vars(request)["preference"], _ = Preference.objects.update_or_create(**owner.fields, defaults=values)


def zone_of(request: HttpRequest) -> ZoneInfo:
    """Give the zone that times are shown and typed in."""
    preference = preference_of(request)
    if preference and preference.zone:
        try:
            return ZoneInfo(preference.zone)
        except (ZoneInfoNotFoundError, ValueError):  # another machine's time zone data may know fewer
            pass
    return ZoneInfo(site_zone())


def site_zone() -> str:
    """The zone in force until a person chooses another."""
    name: str = settings.TIME_ZONE
    return name


@cache
def zones() -> tuple[str, ...]:
    """The zones to choose from, by their IANA names: places, and UTC."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (*sorted(places), "UTC")


def theme_of(request: HttpRequest) -> str | None:
    """Light or dark, where the person chose one in this browser; None: as the system says."""
    theme = request.COOKIES.get(THEME)
    return theme if theme in THEMES else None


def keep_theme(response: HttpResponse, theme: str) -> None:
    """Have the browser remember a theme; anything but one of THEMES means as the system says."""
    if theme in THEMES:
        response.set_cookie(THEME, theme, max_age=YEAR, samesite="Lax", secure=settings.SERVED_OVER_HTTPS)
    else:
        response.delete_cookie(THEME, samesite="Lax")


def watches(request: HttpRequest) -> bool:
    """Whether this browser asks for new tickets by itself."""
    return request.COOKIES.get(WATCH) != "off"


def wants_chart(request: HttpRequest) -> bool:
    """Whether this browser shows the chart of a list in full."""
    return request.COOKIES.get(CHART) == "open"


def notes_are_on() -> bool:
    """Whether there are notes here at all: a note has a writer, so not where nobody logs in."""
    return bool(settings.NOTES and settings.LOGIN_REQUIRED)


def context(request: HttpRequest) -> dict[str, object]:
    """What every page needs to know of the person (a context processor)."""
    return {
        "theme": theme_of(request),
        "person_unknown": vars(request).get("person_unknown", False),
        "notes_on": notes_are_on(),
    }
