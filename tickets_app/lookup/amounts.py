"""Amounts as people and spreadsheets write them, and as Copper sends them → exact decimals; what is ambiguous stays so."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow, Subnormal

from tickets_app.copper import spelling
from tickets_app.display.spreadsheet_text import neutral

MAX_LENGTH = 40  # characters of one amount
MAX_PLACES = 40  # digits before or after the point: "1e400" is no amount, and is never written out
MAX_EXPONENT = 4  # digits of an exponent that is looked at
# Wide enough for the sum of all that may be compared; were it ever not, it raises instead of rounding.
EXACT = Context(prec=120, traps=[Inexact, InvalidOperation, Overflow, Subnormal])

_CURRENCY = r"[A-Z]{3}|[^\w\s.,'’()+-]"  # a code of three letters, or one sign
_WRITTEN = re.compile(
    rf"(?P<open>\()?(?P<s1>[+-])? ?(?P<c1>{_CURRENCY})? ?(?P<s2>[+-])?"
    rf"(?P<number>[0-9.,'’ ]*[0-9])"
    rf"(?P<s3>-)? ?(?P<c2>{_CURRENCY})?(?P<s4>-)?(?P<close>\))?"
)
_OF_TICKETS = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?([0-9]+))?")
_GROUPS = {sign: re.compile(rf"[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+") for sign in ".,' "}
_EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_OTHER = {".": ",", ",": "."}


class NoAmountError(ValueError):
    """A text is no amount. The message says why, after "Not compared: "."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What was written, exactly. `point`: the sign before the decimals, where the text shows which that is."""

    value: Decimal
    currency: str = ""
    point: str = ""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """`1,234`: a thousand and more, or one and a bit."""

    by_point: dict[str, Decimal]
    currency: str = ""


def read_written(text: str) -> Amount | Ambiguous:
    """Read a cell of a table. Raises NoAmountError."""
    text = spelling.seen(text)
    if text.startswith("'") and neutral(text[1:]) == text:
        text = text[1:]
    if not text:
        raise NoAmountError("the line has no amount")
    if len(text) > MAX_LENGTH:
        raise NoAmountError(f"this is too long for an amount (more than {MAX_LENGTH} characters)")
    parts = _WRITTEN.fullmatch(text.replace("−", "-"))
    if parts is None or bool(parts["open"]) != bool(parts["close"]) or not _currencies(parts):
        raise NoAmountError("this cannot be read as an amount")
    signs = [sign for sign in (parts["open"], *parts.group("s1", "s2", "s3", "s4")) if sign]
    if len(signs) > 1:
        raise NoAmountError("this cannot be read as an amount")
    currency, minus = parts["c1"] or parts["c2"] or "", signs not in ([], ["+"])
    return _number(parts["number"].replace("’", "'"), currency, minus=minus)


def _currencies(parts: re.Match[str]) -> bool:
    found = [one for one in parts.group("c1", "c2") if one]
    return len(found) < 2 and all(len(one) > 1 or unicodedata.category(one) == "Sc" for one in found)


def _number(text: str, currency: str, *, minus: bool) -> Amount | Ambiguous:
    sign = "-" if minus else ""
    if _EITHER.fullmatch(text):
        mark = "," if "," in text else "."
        large, small = Decimal(sign + text.replace(mark, "")), Decimal(sign + text.replace(mark, "."))
        return Ambiguous({mark: small, _OTHER[mark]: large}, currency)
    marks = [one for one in text if one in _OTHER]
    if len(marks) > 1 and len(set(marks)) == 1:  # 1,234,567
        return Amount(Decimal(sign + _whole(text)), currency, _OTHER[marks[0]])
    if not marks:
        return Amount(Decimal(sign + _whole(text)), currency)
    return Amount(Decimal(sign + _with_decimals(text, marks)), currency, marks[-1])


def _with_decimals(text: str, marks: list[str]) -> str:
    """The digits of a number whose decimals begin after the last of these signs."""
    whole, point, decimals = text.rpartition(marks[-1])
    if point in whole or not decimals.isdecimal():
        raise NoAmountError("this cannot be read as an amount")
    return f"{_whole(whole)}.{decimals}"


def _whole(text: str) -> str:
    """The digits of a whole number, which may stand in groups of three with the same sign between them."""
    if not text or text.isdecimal():
        return text
    mark = next(sign for sign in text if not sign.isdecimal())
    if not _GROUPS[mark].fullmatch(text):
        raise NoAmountError("this cannot be read as an amount")
    return text.replace(mark, "")


def read_column(texts: Iterable[str]) -> tuple[list[Amount | NoAmountError], str]:
    """Read a whole column, and a note: what is ambiguous alone is read as all others write, where those agree."""
    read = [_or_why(text) for text in texts]
    points = {one.point for one in read if isinstance(one, Amount) and one.point}
    point = points.pop() if len(points) == 1 else ""
    unclear = sum(isinstance(one, Ambiguous) for one in read)
    made = [_decided(one, point) if isinstance(one, Ambiguous) else one for one in read]
    return made, _note(unclear, point) if unclear and point else ""


def _note(unclear: int, point: str) -> str:
    name = "a dot" if point == "." else "a comma"
    lines = "1 amount" if unclear == 1 else f"{unclear:,} amounts"
    return (
        f"{lines} that alone could be read in two ways (such as “1,234”): read with {name} before the decimals, as the rest "
        "of the column."
    )


def _or_why(text: str) -> Amount | Ambiguous | NoAmountError:
    try:
        return read_written(text)
    except NoAmountError as error:
        return error


def _decided(one: Ambiguous, point: str) -> Amount | NoAmountError:
    """Read with this sign before the decimals; without one, why it is not read."""
    if point:
        return Amount(one.by_point[point], one.currency, point)
    large, small = sorted(one.by_point.values(), key=Decimal.copy_abs, reverse=True)
    return NoAmountError(f"this may be {say(large)} or {say(small)}, and the other amounts do not show which")


def of_ticket(value: object) -> str:
    """What lies at the property as a text, to be read by `read_sent`: a number as Copper wrote it; "" for what is no text."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)[: MAX_LENGTH + 1]
    return ""


def read_sent(text: str, *, hundredths: bool = False) -> Decimal:
    """Read what `of_ticket` gave; `hundredths`: 1250 is 12.50. Raises NoAmountError."""
    if not text:
        raise NoAmountError("the ticket has no amount there")
    if len(text) > MAX_LENGTH:
        raise NoAmountError("what the ticket has there is too long for an amount")
    if (parts := _OF_TICKETS.fullmatch(text)) is None:
        raise NoAmountError("what the ticket has there is no plain number")
    value = Decimal(text) if len(parts[1] or "") <= MAX_EXPONENT else None
    if value is not None and not value:
        return Decimal(0)
    if value is None or value.adjusted() >= MAX_PLACES or -int(value.as_tuple().exponent) > MAX_PLACES:
        raise NoAmountError("what the ticket has there is too large, or has too many decimals, for an amount")
    return value.scaleb(-2, EXACT) if hundredths else value


def total(values: Iterable[Decimal]) -> Decimal:
    """Their sum, exactly."""
    made = Decimal(0)
    for value in values:
        made = EXACT.add(made, value)
    return made


def less(one: Decimal, other: Decimal) -> Decimal:
    """One less the other, exactly."""
    return EXACT.subtract(one, other)


def say(value: Decimal) -> str:
    """In plain digits, two decimals at least where there are any; nought has no sign."""
    text = f"{value.copy_abs():f}" if not value else f"{value:f}"
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals:0<2}" if "." in text else whole
