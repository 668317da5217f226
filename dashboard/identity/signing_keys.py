"""Which of the single sign-on provider's keys may have signed a token (JSON Web Key, RFC 7517)."""

from collections.abc import Mapping
from typing import Any

import jwt

# Only what is signed with a private key: with a shared secret, or nothing, others could sign as well.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


def verified(token: str, key_set: object, **asked: Any) -> dict[str, Any]:
    """The claims of a token that one of these keys has signed; `asked` is for jwt.decode. Raises jwt.PyJWTError."""
    for key in _candidates(token, key_set):
        try:
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=ALGORITHMS, **asked)
        except jwt.InvalidSignatureError:
            continue
        return claims
    raise jwt.InvalidSignatureError("none of the provider's keys has signed this token")


def _candidates(token: str, key_set: object) -> list[jwt.PyJWK]:
    """A provider with one key need not number it, nor say in tokens which it was (OpenID Connect Core 1.0, 10.1)."""
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError("the token is not signed with a private key")
    keys = key_set.get("keys") if isinstance(key_set, Mapping) else None
    fitting = [key for key in keys if isinstance(key, Mapping) and _fits(key, header)] if isinstance(keys, list) else []
    return [found for key in fitting if (found := _read(key, header["alg"]))]


def _fits(key: Mapping[str, Any], header: Mapping[str, Any]) -> bool:
    """Whether this key is for signing, and nothing that is said of it speaks against the token."""
    numbers = {str(number) for number in (key.get("kid"), header.get("kid")) if number}
    return len(numbers) < 2 and key.get("alg") in {None, header["alg"]} and key.get("use") in {None, "sig"}


def _read(key: Mapping[str, Any], algorithm: str) -> jwt.PyJWK | None:
    try:
        return jwt.PyJWK(dict(key), algorithm)
    except jwt.PyJWTError:  # of another kind than the token's, or of one that is not known here
        return None
