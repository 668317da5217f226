"""A database that answers, and has not what this version needs: not migrated yet, or just being restored."""

from django.db import OperationalError

_UNDEFINED = {"42P01", "42703", "3F000"}  # PostgreSQL's: a table, a column, a schema
_WITHOUT_RIGHTS = "42501"  # as after a restore under another role
NOT_READY = {*_UNDEFINED, _WITHOUT_RIGHTS}


def is_lacking(error: BaseException | None) -> bool:
    """Whether an error of Django's says that a table or a column is not there."""
    if not isinstance(error, OperationalError):
        return False
    why = str(error)
    return "no such table" in why or "no such column" in why or getattr(error.__cause__, "sqlstate", None) in _UNDEFINED
