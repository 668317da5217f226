"""A request to Copper as a line for a shell: the key is named by its variable, and never written out."""

import shlex
from collections.abc import Sequence
from urllib.parse import quote

from django.conf import settings

KEY = '"$COPPER_API_KEY:"'  # Copper takes the key as the user name of HTTP Basic, without a password


def line(segments: Sequence[str], params: Sequence[tuple[str, str]] = ()) -> str:
    """Give the line that asks the same, for bash and zsh, whatever stands in a parameter."""
    account = settings.COPPER_ACCOUNT
    url = "/".join([settings.COPPER_API_URL.rstrip("/"), *(quote(one, safe="") for one in segments)])
    words = [f"curl -sS -G -u {KEY}"]
    words += [f"-H {quoted(f'Copper-Account: {account}')}"] if account else []
    words += [quoted(url)]
    words += [f"--data-urlencode {quoted(f'{name}={value}')}" for name, value in params]
    return " ".join(words)


def quoted(text: str) -> str:
    r"""One word of a shell. What cannot be seen is written as `\033`: pasted as it is, a terminal might obey it."""
    if text.isprintable():
        return shlex.quote(text)
    return f"$'{''.join(_escaped(sign) for sign in text)}'"


def _escaped(sign: str) -> str:
    if sign in "\\'":
        return f"\\{sign}"
    if sign.isprintable():
        return sign
    # Three digits of octal, since what follows could be taken for a further digit of hexadecimal.
    return "".join(f"\\{byte:03o}" for byte in sign.encode(errors="surrogatepass"))
