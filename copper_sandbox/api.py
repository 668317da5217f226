"""The documented contract: a request's path, parameters and headers → status and JSON. Knows nothing of sockets."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from copper_sandbox.ledger import Entry
from copper_sandbox.rows import Json, Row
from copper_sandbox.store import Bounds, Store, search_matches
from copper_sandbox.times import nanoseconds

MAX_LIMIT, DEFAULT_LIMIT = 100, 10  # COPPER_API.md, "Lists"
NO_LOCATIONS_KEY = "sk_test_nolocations"  # keys that begin so may not read Locations
_LIMIT = re.compile(r"0*([1-9][0-9]{0,2})")
_LIST_PARAMS = {"limit", "starting_after", "ending_before"}
_BOUNDS = {
    "created[gte]": (0, "low"),
    "created[gt]": (1, "low"),
    "created[lte]": (0, "high"),
    "created[lt]": (-1, "high"),
}


@dataclass
class ApiError(Exception):
    """An answer with one of the documented error attributes."""

    status: int
    type: str
    message: str
    code: str | None = None
    param: str | None = None

    def body(self, style: str) -> Json:
        """Give the attributes, under `error` ("nested") or at the top level ("flat"): the documentation leaves it open."""
        named = {"type": self.type, "code": self.code, "message": self.message, "param": self.param}
        attributes: Json = {name: value for name, value in named.items() if value is not None}
        return {"error": attributes} if style == "nested" else attributes


def _invalid(param: str, message: str, code: str | None = None) -> ApiError:
    return ApiError(400, "invalid_request_error", message, code, param)


class Api:
    """Answers for the main account and the connected ones."""

    def __init__(self, store: Store, accounts: Mapping[str, Store]) -> None:
        """`accounts`: the connected accounts by id."""
        self._store = store
        self._accounts = accounts

    def answer(self, entry: Entry, authorization: str) -> str:
        """Answer one GET with JSON, and note in `entry` what was looked at. Raises ApiError."""
        key = _authenticate(authorization)
        store = self._store
        if entry.account is not None:
            if entry.account not in self._accounts:
                raise ApiError(403, "permission_error", "This key has no access to that account.", "account_invalid")
            store = self._accounts[entry.account]
        match entry.path.strip("/").split("/")[1:]:
            case ["tickets"]:
                return _list_tickets(store, entry)
            case ["tickets", ticket_id]:
                _parameters(entry, set())
                row = store.ticket(ticket_id)
                return row.json() if row else _missing("ticket", ticket_id)
            case ["locations", *_] if key.startswith(NO_LOCATIONS_KEY):
                raise ApiError(403, "permission_error", "This key may not read Locations.", "permission_denied")
            case ["locations"]:
                return json.dumps(_list_locations(store, entry))
            case ["locations", location_id]:
                _parameters(entry, set())
                location = store.locations.get(location_id)
                return json.dumps(location) if location else _missing("location", location_id)
        raise ApiError(404, "invalid_request_error", "There is nothing at this path.", "unknown_path")


def _missing(what: str, id_: str) -> NoReturn:
    raise ApiError(404, "invalid_request_error", f"No such {what}: '{id_}'", "resource_missing", "id")


def _authenticate(authorization: str) -> str:
    """Basic auth: the secret key is the user name, the password is empty."""
    scheme, _, token = authorization.partition(" ")
    try:
        user, colon, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user, colon, password = "", "", ""
    known = user.startswith(("sk_test_", "sk_live_"))
    if scheme.lower() != "basic" or not known or colon != ":" or password:
        raise ApiError(401, "authentication_error", "No valid API key was given.", "api_key_invalid")
    return user


def _parameters(entry: Entry, known: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in entry.params:
        if name not in known:
            raise _invalid(name, f"Unknown parameter: {name}", "parameter_unknown")
        if name in found:
            raise _invalid(name, f"Parameter given more than once: {name}")
        found[name] = value
    return found


def _limit(params: Mapping[str, str]) -> int:
    found = _LIMIT.fullmatch(params.get("limit", str(DEFAULT_LIMIT)))
    if not found or int(found[1]) > MAX_LIMIT:
        raise _invalid("limit", f"limit is a whole number from 1 to {MAX_LIMIT}")
    return int(found[1])


def _only_one_cursor(params: Mapping[str, str]) -> None:
    if "starting_after" in params and "ending_before" in params:
        raise _invalid("ending_before", "Only one of starting_after and ending_before can be used at a time.")


def _list_tickets(store: Store, entry: Entry) -> str:
    params = _parameters(entry, {*_LIST_PARAMS, *_BOUNDS, "location", "search_query"})
    limit = _limit(params)
    _only_one_cursor(params)
    after, before = (_cursor(store, params, name) for name in ("starting_after", "ending_before"))
    window = store.window(_bounds(params), limit, after=after, before=before)
    entry.rows, entry.last_row = len(window.rows), window.rows[-1].id if window.rows else None
    wanted = params.get("search_query")
    rows = [row for row in window.rows if wanted is None or search_matches(wanted, row.reference)]
    data, has_more = ", ".join([row.json() for row in rows]), json.dumps(window.has_more)
    return f'{{"object": "list", "data": [{data}], "has_more": {has_more}}}'


def _cursor(store: Store, params: Mapping[str, str], name: str) -> Row | None:
    if name not in params:
        return None
    row = store.ticket(params[name])
    if row is None:
        raise _invalid(name, f"No such ticket: '{params[name]}'", "resource_missing")
    return row


def _bounds(params: Mapping[str, str]) -> Bounds:
    given = [(end, _nanoseconds(params, name) + step) for name, (step, end) in _BOUNDS.items() if name in params]
    low = max((at for end, at in given if end == "low"), default=None)
    high = min((at for end, at in given if end == "high"), default=None)
    return Bounds(params.get("location"), low, high)


def _nanoseconds(params: Mapping[str, str], name: str) -> int:
    at = nanoseconds(params[name])
    if at is None:
        raise _invalid(name, f"{name} is not an ISO 8601 date: '{params[name]}'")
    return at


def _list_locations(store: Store, entry: Entry) -> Json:
    params = _parameters(entry, _LIST_PARAMS)
    limit = _limit(params)
    _only_one_cursor(params)
    ids = list(store.locations)
    for name in ("starting_after", "ending_before"):
        if name in params and params[name] not in ids:
            raise _invalid(name, f"No such location: '{params[name]}'", "resource_missing")
    if "ending_before" in params:
        end = ids.index(params["ending_before"])
        chosen, more = ids[max(0, end - limit) : end], end > limit
    else:
        start = ids.index(params["starting_after"]) + 1 if "starting_after" in params else 0
        chosen, more = ids[start : start + limit], start + limit < len(ids)
    return {"object": "list", "data": [store.locations[id_] for id_ in chosen], "has_more": more}
