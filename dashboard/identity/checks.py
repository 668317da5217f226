"""System checks: who may enter is decided in full and without contradiction, or the start stops with one clear line."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import get_resolver

from dashboard.environment import noted
from dashboard.identity.provider import is_safe_address
from dashboard.identity.rights_of_addresses import undecided


@register()
def check_ways_in(**_: object) -> list[CheckMessage]:
    """Report settings of the ways in that contradict each other."""
    return [Error(problem, id="copper.E004") for problem in (*_single_sign_on(), *_proxy_header())]


@register()
def check_decisions(**_: object) -> list[CheckMessage]:
    """Report addresses of which nobody decided who may see them."""
    words = "{} says nothing of who may see it: put @needs(…) of tickets_app/rights.py on its view."
    return [Error(words.format(route), id="copper.E005") for route in undecided(get_resolver().url_patterns)]


def _single_sign_on() -> Iterator[str]:
    if not settings.OIDC_ISSUER:
        others = settings.OIDC_CLIENT_ID or settings.OIDC_CLIENT_SECRET or settings.OIDC_GROUPS
        if others and not noted("OIDC_ISSUER"):
            yield "OIDC_ISSUER is not set, but other settings of single sign-on are. Set it, or none of them."
        return
    if not is_safe_address(settings.OIDC_ISSUER):
        yield "OIDC_ISSUER must be an https:// address; plain http only for this machine."
    elif re.search(r"[?#\s]|/\.well-known/", settings.OIDC_ISSUER):
        yield "OIDC_ISSUER must be what stands before /.well-known/openid-configuration, without “?” and “#”."
    elif not (settings.OIDC_CLIENT_ID and settings.OIDC_CLIENT_SECRET):
        yield "OIDC_ISSUER is set: OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed too."
    elif "openid" not in settings.OIDC_RP_SCOPES.split():
        yield "OIDC_SCOPES must contain openid."
    elif not settings.OIDC_GROUPS and not noted("OIDC_GROUPS"):
        yield "OIDC_ISSUER is set: without OIDC_GROUPS (such as ops=viewer,leads=admin) nobody could enter."


def _proxy_header() -> Iterator[str]:
    for name in ("REMOTE_USER_HEADER", "REMOTE_GROUPS_HEADER"):
        if not re.fullmatch(r"[A-Za-z0-9-]*", getattr(settings, name)):
            yield f"{name} must be the name of a header, such as X-Remote-User."
            return
    if settings.REMOTE_USER_HEADER and not settings.TRUSTED_PROXIES_NAMED:
        yield "REMOTE_USER_HEADER is set: TRUSTED_PROXIES must list the proxies that may send it."
    elif settings.REMOTE_GROUPS_HEADER and not settings.REMOTE_USER_HEADER:
        yield "REMOTE_GROUPS_HEADER is set: it is read together with REMOTE_USER_HEADER only. Set both."
    elif bool(settings.REMOTE_GROUPS_HEADER) != bool(settings.REMOTE_GROUPS) and not noted("REMOTE_GROUPS"):
        yield "REMOTE_GROUPS_HEADER and REMOTE_GROUPS (such as ops=viewer,leads=admin) are needed together, or neither."
