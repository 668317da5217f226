"""The roles and their rights, and which groups of another system lead to which role. Pure: settings.py reads groups with it."""

from collections.abc import Iterable, Mapping
from unicodedata import normalize

from tickets_app.rights import ADMINISTER, AUDIT, EXPORT, READ_NOTES, SHARE, VIEW, WRITE_NOTES

# A role is a Django group of this name (`manage.py create_roles`); a person may have several.
ROLES: dict[str, tuple[str, ...]] = {
    "viewer": (VIEW, READ_NOTES),
    "analyst": (VIEW, EXPORT, READ_NOTES, WRITE_NOTES),
    "sharer": (VIEW, SHARE, READ_NOTES, WRITE_NOTES),
    "admin": (VIEW, EXPORT, SHARE, ADMINISTER, AUDIT, READ_NOTES, WRITE_NOTES),
}

# Whoever sits at this machine, where LOGIN_REQUIRED=false.
RIGHTS_WITHOUT_LOGIN = frozenset({VIEW, EXPORT, SHARE})

GROUPS_WANTED = f"groups and their roles, such as ops=viewer,leads=admin; the roles are {', '.join(ROLES)}"

RolesOfGroups = Mapping[str, frozenset[str]]


def read_groups(text: str) -> RolesOfGroups:
    """Read `ops=viewer,leads=admin`: group → roles. Raises ValueError for anything else."""
    found: dict[str, frozenset[str]] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        group, _, role = (part.strip() for part in pair.rpartition("="))  # a group may have = in its name, a role not
        if not group or role not in ROLES:
            raise ValueError(f"not a group and its role: {pair}")
        group = normalize("NFC", group)  # one way to write é, as in roles_of
        found[group] = found.get(group, frozenset()) | {role}
    return found


def roles_of(groups: Iterable[str], mapping: RolesOfGroups) -> frozenset[str]:
    """The roles of a person who is in these groups."""
    return frozenset().union(*(mapping.get(normalize("NFC", group), frozenset()) for group in groups))
