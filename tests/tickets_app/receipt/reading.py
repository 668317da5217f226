"""Reads the receipt of a page."""

import re
from html import unescape

_GROUP = re.compile(r'<div class="receipt-group".*?</div>', re.DOTALL)
_LINE = re.compile(r"<li><p>(.*?) <button.*?</p><code[^>]*>(.*?)</code></li>", re.DOTALL)


def receipt(response) -> list[tuple[str, str]]:
    """Each request: what came of it, and its line."""
    groups = "".join(_GROUP.findall(response.content.decode()))
    return [(unescape(words), unescape(line)) for words, line in _LINE.findall(groups)]
