"""Who a person is, by the word of the single sign-on provider: mozilla-django-oidc, and the checks it leaves out.

The library (5.0.2) does not check for whom a token was issued, nor by whom, finds users by e-mail address, and asks for
its settings whenever it is created. All of that is done here instead.
"""

from collections.abc import Mapping
from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from dashboard.identity import accounts, names
from dashboard.identity.accounts import RefusedError
from dashboard.identity.provider import provider
from dashboard.identity.roles import roles_of

# Only what is signed with a private key: with a shared secret, or nothing, others could sign as well.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLOCK_SKEW = 60  # seconds that the provider's clock may differ from ours
MAX_EMAIL = 254  # characters of a Django user's e-mail address


class SingleSignOn(OIDCAuthenticationBackend):
    """Turns the provider's answer into a user with roles. Created often, so it asks the provider only when needed."""

    def __init__(self) -> None:
        """Take the settings that are known; the addresses come from the provider itself."""
        self.UserModel = User
        self.OIDC_RP_CLIENT_ID = settings.OIDC_CLIENT_ID
        self.OIDC_RP_CLIENT_SECRET = settings.OIDC_CLIENT_SECRET

    @property
    def OIDC_OP_TOKEN_ENDPOINT(self) -> str:
        """Where a code is exchanged for a token."""
        return provider().token

    @property
    def OIDC_OP_JWKS_ENDPOINT(self) -> str:
        """Where the provider's public keys are."""
        return provider().jwks

    @property
    def OIDC_OP_USER_ENDPOINT(self) -> str:
        """Where more is known of the person."""
        return provider().userinfo

    def authenticate(self, request: HttpRequest, *, nonce: str, code_verifier: str) -> User | None:
        """The user whom the provider sent back. Django calls this for no password, nor without nonce and verifier."""
        if not (settings.OIDC_ISSUER and nonce and code_verifier):
            return None
        user: User | None = super().authenticate(request, nonce=nonce, code_verifier=code_verifier)
        return user

    def get_token(self, payload: dict[str, str]) -> dict[str, Any]:
        """The provider's tokens for a code. Raises what requests does, or jwt.PyJWTError for something else than tokens."""
        tokens = super().get_token(payload)
        if not isinstance(tokens, dict) or not isinstance(tokens.get("id_token"), str):
            raise jwt.InvalidTokenError("the provider's answer holds no id token")
        return tokens

    def verify_token(self, token: str, *, nonce: str) -> dict[str, Any]:
        """The claims of an id token (OpenID Connect Core 1.0, 3.1.3.7). Raises jwt.PyJWTError, or what the library does."""
        claims: dict[str, Any] = jwt.decode(
            token,
            self.retrieve_matching_jwk(token),
            algorithms=ALGORITHMS,
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
        more = super().get_userinfo(access_token, id_token, payload)
        if (
            not isinstance(more, dict) or more.get("sub") != payload["sub"]
        ):  # OpenID Connect Core 1.0, 5.3.2: must be checked
            raise jwt.InvalidTokenError("the details are of another person")
        return {**more, **payload}

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> User:
        """The user with the roles of today. Raises RefusedError."""
        claims = self.get_userinfo(access_token, id_token, payload)
        issuer, subject = settings.OIDC_ISSUER, str(claims["sub"])
        roles = roles_of(groups_in(claims, settings.OIDC_GROUPS_CLAIM), settings.OIDC_GROUPS)
        if not roles:
            if former := accounts.known(issuer, subject):
                accounts.give_roles(former, ())
            raise RefusedError(
                "You are known, but none of your groups opens this dashboard. Ask the people who run it which group to join."
            )
        user = accounts.welcome(issuer, subject, name=name_in(claims), email=str(claims.get("email") or "")[:MAX_EMAIL])
        accounts.give_roles(user, roles)
        return user


def groups_in(claims: Mapping[str, Any], path: str) -> list[str]:
    """The groups that a claim names. `realm_access.roles` means roles inside realm_access, unless a claim has that name."""
    found: Any = claims
    for step in [path] if path in claims else path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return [found]
    return [group for group in found if isinstance(group, str)] if isinstance(found, list) else []


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
