"""An OpenID Connect provider of its own process: run by `python -m`, it prints its address.

It does what the specifications ask of one (Discovery 1.0; Core 1.0, 3.1; RFC 7636), keeps a log of what it refused, and
tells lies where a test scripts them (POST /script). It shares no code with the dashboard.
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = ("copper-tickets", "the client's secret")
SECRET = b"not so secret, since it is published"
PERSON = {"sub": "0017", "preferred_username": "anna", "email": "anna@example.com", "groups": ["ops", "lunch"]}


class Provider:
    """State of the provider: keys, codes given out, who is logged in there, what to lie about."""

    def __init__(self) -> None:
        self.key, self.foreign_key = (rsa.generate_private_key(public_exponent=65_537, key_size=2048) for _ in range(2))
        self.url = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.reset({})

    def reset(self, script: dict[str, Any]) -> None:
        """Begin anew, with these lies."""
        self.script, self.log = script, []
        self.person = script.get("person", PERSON)

    def discovery(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        said = {name: f"{self.url}/{path}" for name, path in names.items()}
        more = {"issuer": self.url, "userinfo_endpoint": f"{self.url}/userinfo", "response_types_supported": ["code"]}
        return {**said, **more, **self.script.get("discovery", {})}

    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        match self.script.get("keys"):
            case "bare":
                return {"keys": [{**public, "kid": "1"}]}
            case "a secret":
                return {
                    "keys": [{"kty": "oct", "kid": "1", "k": base64.urlsafe_b64encode(SECRET).decode().rstrip("=")}]
                }
            case "without numbers":
                return {"keys": [public]}
            case "several without numbers":
                return {"keys": [*self.other_keys(), public]}
            case "several, one without a number":
                return {"keys": [*({**key, "kid": "0"} for key in self.other_keys()), public]}
            case "several with numbers":
                return {"keys": [*({**key, "kid": "0"} for key in self.other_keys()), {**public, "kid": "1"}]}
            case "foreign, without a number":
                return {"keys": [*self.other_keys(), "no key", None]}
            case dict() as given:
                return given
        return {"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]}

    def other_keys(self) -> list[dict[str, Any]]:
        """What else key sets hold: a key for encryption, one that is no more in use, kinds that hardly anybody knows."""
        foreign = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.foreign_key.public_key()))
        unknown = {"kty": "AKP", "alg": "ML-DSA-65", "pub": "x"}
        return [
            {**foreign, "use": "enc"},
            foreign,
            unknown,
            {"kty": "RSA"},
            {"kty": "EC", "crv": "P-256", "x": "?"},
            {},
        ]

    def authorize(self, asked: dict[str, str]) -> str:
        """The person logs in and agrees: the address to go back to."""
        if error := self.script.get("authorize_error"):
            return f"{asked['redirect_uri']}?{urlencode({'error': error, 'state': asked['state']})}"
        wanted = ("response_type", "client_id", "redirect_uri", "state", "nonce", "code_challenge")
        if any(not asked.get(name) for name in wanted) or asked.get("code_challenge_method") != "S256":
            raise ValueError(f"authorization request without {wanted} and S256")
        if (
            asked["response_type"] != "code"
            or asked["client_id"] != CLIENT[0]
            or "openid" not in asked["scope"].split()
        ):
            raise ValueError("not a request of our client")
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, sent: dict[str, str]) -> dict[str, Any]:
        """A code for tokens. Raises ValueError with the reason for refusing."""
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None:
            raise ValueError("unknown or used code")
        if (sent.get("client_id"), sent.get("client_secret")) != CLIENT or sent.get("redirect_uri") != asked[
            "redirect_uri"
        ]:
            raise ValueError("client or redirect_uri")
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if challenge != asked["code_challenge"] and not self.script.get("ignores_pkce"):
            raise ValueError("code_verifier")
        access = secrets.token_urlsafe()
        self.tokens[access] = self.person
        return {"access_token": access, "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT[0],
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "sub": self.person["sub"],
        }
        claims |= self.script.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"kid": kid} if (kid := self.script.get("kid", "1")) else {}
        match self.script.get("signature"):
            case "foreign":
                return jwt.encode(claims, self.foreign_key, "RS256", header)
            case "none":
                return jwt.encode(claims, None, "none", header)
            case "shared secret":
                return jwt.encode(claims, CLIENT[1] * 3, "HS256", header)
            case "published secret":
                return jwt.encode(claims, SECRET, "HS256", header)
            case "cut":
                return jwt.encode(claims, self.key, "RS256", header)[:-8]
        return jwt.encode(claims, self.key, self.script.get("algorithm", "RS256"), header)


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        match parts.path:
            case "/.well-known/openid-configuration" if "discovery_is_at" in self.provider.script:
                self.answer(302, {}, {"Location": self.provider.script["discovery_is_at"]})
            case "/.well-known/openid-configuration" | "/elsewhere":
                self.answer(200, self.provider.discovery())
            case "/jwks":
                self.answer(200, self.provider.jwks())
            case "/log":
                self.answer(200, self.provider.log)
            case "/authorize":
                try:
                    self.answer(302, {}, {"Location": self.provider.authorize(query)})
                except ValueError as error:
                    self.answer(400, str(error))
            case "/userinfo" if "userinfo_is_at" in self.provider.script:
                self.answer(307, {}, {"Location": self.provider.script["userinfo_is_at"]})
            case "/userinfo" | "/userinfo/":
                person = self.provider.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
                told = self.provider.script.get(
                    "userinfo_answer", {**(person or {}), **self.provider.script.get("userinfo", {})}
                )
                self.answer(200 if person else 401, told)
            case _:
                self.answer(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/script":
            self.provider.reset(json.loads(body))
            self.answer(200, {})
        elif "Authorization" in self.headers:  # beside the client's secret in the form (RFC 6749, 2.3)
            self.provider.log.append("two ways of client authentication")
            self.answer(401, {"error": "invalid_client"})
        elif "token_answer" in self.provider.script:
            self.answer(*self.provider.script["token_answer"])
        else:
            try:
                self.answer(200, self.provider.exchange(dict(parse_qsl(body))))
            except ValueError as error:
                self.provider.log.append(str(error))
                self.answer(400, {"error": "invalid_grant"})

    def answer(self, status: int, said: object, headers: dict[str, str] | None = None) -> None:
        body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    Handler.provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.provider.url = f"http://127.0.0.1:{server.server_port}"
    print(Handler.provider.url, flush=True)  # noqa: T201 - the address is what this program is asked for
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
