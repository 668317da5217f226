"""Every thread in which the site asks Copper is waited for at the end of a test."""

import re
from pathlib import Path

from tests.conftest import ASKING

ROOMS = Path(__file__).parent.parent / "tickets_app"
LISTENING = {"peers", "place"}  # what other processes say is read, and a place in line is kept: neither asks Copper


def test_each_is_known_by_its_name():
    text = "\n".join(module.read_text() for module in ROOMS.rglob("*.py"))
    named = re.findall(r'threading\.Thread\([^\n]*name="([a-z-]+)"', text)
    assert len(named) == text.count("threading.Thread(")
    assert set(named) == ASKING | LISTENING
