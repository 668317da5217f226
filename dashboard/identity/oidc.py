"""Who a person is, by the word of the single sign-on provider: mozilla-django-oidc, and the checks it leaves out.

The library (5.0.2) does not check for whom a token was issued, nor by whom, finds users by e-mail address, wants a number
on each key, lets a .netrc speak for it, and asks for its settings whenever it is created. All of that is done here instead.
"""

import logging
from collections.abc import Mapping
from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from audit import trail
from dashboard.identity import accounts, names, provider, signing_keys
from dashboard.identity.accounts import RefusedError
from dashboard.identity.backends import AsKept
from dashboard.identity.roles import roles_of

CLOCK_SKEW = 60  # seconds that the provider's clock may differ from ours
MAX_EMAIL = 254  # characters of a Django user's e-mail address

_NO_GROUP = (
    "You are known, but none of your groups opens this dashboard. Ask the people who run it which group to join."
)
_TOO_MANY_GROUPS = (
    "You are known, but you are in so many groups that the single sign-on does not name them, so it cannot be seen whether "
    "one of them opens this dashboard. Tell the people who run it: this is theirs to set up, there or here."
)

logger = logging.getLogger(__name__)


class SingleSignOn(AsKept, OIDCAuthenticationBackend):
    """Turns the provider's answer into a user with roles. Created often, so it asks the provider only when needed."""

    def __init__(self) -> None:
        """Take the settings that are known; the addresses come from the provider itself."""
        self.UserModel = User
        self.OIDC_RP_CLIENT_ID = settings.OIDC_CLIENT_ID
        self.OIDC_RP_CLIENT_SECRET = settings.OIDC_CLIENT_SECRET

    @property
    def OIDC_OP_TOKEN_ENDPOINT(self) -> str:
        """Where a code is exchanged for a token."""
        return provider.provider().token

    @property
    def OIDC_OP_JWKS_ENDPOINT(self) -> str:
        """Where the provider's public keys are."""
        return provider.provider().jwks

    @property
    def OIDC_OP_USER_ENDPOINT(self) -> str:
        """Where more is known of the person."""
        return provider.provider().userinfo

    def authenticate(self, request: HttpRequest, *, nonce: str, code_verifier: str) -> User | None:
        """The user whom the provider sent back. Django calls this for no password, nor without nonce and verifier."""
        if not (settings.OIDC_ISSUER and nonce and code_verifier):
            return None
        user: User | None = super().authenticate(request, nonce=nonce, code_verifier=code_verifier)
        return user

    def get_token(self, payload: dict[str, str]) -> dict[str, Any]:
        """The provider's tokens for a code. Raises what requests does, or jwt.PyJWTError for something else than tokens."""
        answer = provider.post(self.OIDC_OP_TOKEN_ENDPOINT, payload)
        self.raise_token_response_error(answer)
        tokens = answer.json()
        if not isinstance(tokens, dict) or not isinstance(tokens.get("id_token"), str):
            raise jwt.InvalidTokenError("the provider's answer holds no id token")
        return tokens

    def verify_token(self, token: str, *, nonce: str) -> dict[str, Any]:
        """The claims of an id token (OpenID Connect Core 1.0, 3.1.3.7). Raises jwt.PyJWTError, or what the library does."""
        keys = provider.get(self.OIDC_OP_JWKS_ENDPOINT)
        keys.raise_for_status()
        claims = signing_keys.verified(
            token,
            keys.json(),
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=CLOCK_SKEW,
            options={"require": ["exp", "iat", "aud", "iss", "sub", "nonce"]},
        )
        if not constant_time_compare(str(claims["nonce"]), nonce):
            raise jwt.InvalidTokenError("the nonce is not ours")
        if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
            raise jwt.InvalidTokenError("issued to another client")
        return claims

    def get_userinfo(self, access_token: str, id_token: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The claims of the token, and those that the provider tells on asking, for the same person only."""
        if not self.OIDC_OP_USER_ENDPOINT:
            return payload
        answer = provider.get(self.OIDC_OP_USER_ENDPOINT, token=access_token)
        answer.raise_for_status()
        more = answer.json()
        if (
            not isinstance(more, dict) or more.get("sub") != payload["sub"]
        ):  # OpenID Connect Core 1.0, 5.3.2: must be checked
            raise jwt.InvalidTokenError("the details are of another person")
        return {**more, **payload}

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> User:
        """The user with the roles of today. Raises RefusedError; then the trail has who it was."""
        claims = self.get_userinfo(access_token, id_token, payload)
        try:
            return _welcomed(claims)
        except RefusedError:
            trail.not_let_in(self.request, _called(claims))
            raise


def _welcomed(claims: Mapping[str, Any]) -> User:
    issuer, subject = settings.OIDC_ISSUER, str(claims["sub"])
    roles = roles_of(groups_in(claims, settings.OIDC_GROUPS_CLAIM), settings.OIDC_GROUPS)
    if not roles and are_left_out(claims, settings.OIDC_GROUPS_CLAIM):
        logger.warning(
            "The provider names no groups of the subject %s, since there are too many of them: let it send only those "
            "that open this dashboard (docs/people.md)",
            subject,
        )
        raise RefusedError(_TOO_MANY_GROUPS)
    if not roles:
        if former := accounts.known(issuer, subject):
            accounts.give_roles(former, ())
        raise RefusedError(_NO_GROUP)
    user = accounts.welcome(issuer, subject, name=name_in(claims), email=str(claims.get("email") or "")[:MAX_EMAIL])
    accounts.give_roles(user, roles)
    return user


def _called(claims: Mapping[str, Any]) -> str:
    """The user name of somebody who was refused; where none can be written, what the provider calls the person."""
    try:
        return name_in(claims)
    except RefusedError:
        return str(claims["sub"])


def groups_in(claims: Mapping[str, Any], path: str) -> list[str]:
    """The groups that a claim names. `realm_access.roles` means roles inside realm_access, unless a claim has that name."""
    found: Any = claims
    for step in [path] if path in claims else path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return [found]
    return [group for group in found if isinstance(group, str)] if isinstance(found, list) else []


def are_left_out(claims: Mapping[str, Any], path: str) -> bool:
    """Whether the provider only says that there are groups, elsewhere, as they are too many for a token.

    So do Entra ID (`hasgroups`, `groups:src1`), and all who know distributed claims (OpenID Connect Core 1.0, 5.6.2).
    """
    elsewhere = claims.get("_claim_names")
    if isinstance(elsewhere, Mapping) and (path in elsewhere or path.partition(".")[0] in elsewhere):
        return True
    if any(claim.startswith(f"{path}:src") for claim in claims):
        return True
    return path == "groups" and str(claims.get("hasgroups")).lower() in {"true", "1"}


def name_in(claims: Mapping[str, Any]) -> str:
    """The user name: what the person calls it, else the e-mail address, else what the provider calls the person.

    Raises RefusedError where none of them can be written.
    """
    said = (claims.get(claim) for claim in ("preferred_username", "email", "sub"))
    usable = (names.kept(name)[: names.MAX_NAME].strip() for name in said if isinstance(name, str))
    if found := next((name for name in usable if name), ""):
        return found
    raise RefusedError(
        "The provider gives you no user name that can be used here. Tell the people who run this dashboard."
    )
