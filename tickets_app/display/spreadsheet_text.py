"""Texts for spreadsheets: one that a spreadsheet would run as a formula stays a text."""

BOM = "\ufeff"  # tells Excel that a CSV is UTF-8


# What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"; RELIABILITY.md, row 43).
_RISKY = frozenset("=+-@\t\r\n\0＝＋－＠")

LOOKED_AT = _RISKY | {"'"}  # first characters of all texts that `neutral` may change


def neutral(text: str) -> str:
    """The text as a cell that stays a text: a ' in front of what would not, and of what would look as if it had got one."""
    return f"'{text}" if text[:1] in LOOKED_AT and text.lstrip("'")[:1] in _RISKY else text
