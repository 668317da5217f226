"""Which tests are asked about a change: those of its own name first, then its room's, then those of pages that use it."""

from pathlib import Path

# The first that a file's path begins with is its.
NEAREST = {
    "tickets_app/copper/http/": [
        "tests/tickets_app/copper/http",
        "tests/pages/test_copper_away.py",
        "tests/tickets_app/gateway/across_processes",
    ],
    "tickets_app/copper/walking/": [
        "tests/tickets_app/copper/walking",
        "tests/tickets_app/gateway/test_whole_list.py",
        "tests/tickets_app/ticket_list",
    ],
    "tickets_app/copper/": [
        *sorted(map(str, Path("tests/tickets_app/copper").glob("test_*.py"))),
        "tests/tickets_app/ticket_list/test_contents.py",
        "tests/tickets_app/ticket_list/test_odd_lists.py",
        "tests/pages/test_contract.py",
        "tests/tickets_app/ticket_list",
    ],
    "tickets_app/gateway/across_processes/": [
        "tests/tickets_app/gateway/across_processes/test_what_redis_holds.py",  # plain examples, which need a moment
        "tests/tickets_app/gateway/across_processes/test_who_gets_a_slot.py",
        "tests/tickets_app/gateway/test_places.py",
        "tests/tickets_app/gateway/across_processes",
    ],
    "tickets_app/gateway/": [
        *sorted(map(str, Path("tests/tickets_app/gateway").glob("test_*.py"))),
        "tests/tickets_app/ticket_list",
        "tests/pages/test_copper_away.py",
        "tests/dashboard/operations/test_figures.py",
        "tests/tickets_app/receipt",
        "tests/tickets_app/export",
        "tests/tickets_app/lookup",
    ],
    "tickets_app/filters/": [
        "tests/tickets_app/filters",
        "tests/tickets_app/ticket_list",
        "tests/pages",
        "tests/tickets_app/ticket",
    ],
    "tickets_app/export/": ["tests/tickets_app/export"],
    "tickets_app/lookup/": ["tests/tickets_app/lookup"],
}


def nearest(path: Path) -> list[str]:
    """The test modules to ask, in this order."""
    places = next(tests for begin, tests in NEAREST.items() if str(path).startswith(begin))
    modules = [module for place in places for module in _modules(Path(place))]
    words = {path.stem.rstrip("s"), path.parent.name} if path.stem != "views" else {path.parent.name}
    modules.sort(key=lambda module: not any(word in module.stem for word in words))
    return list(dict.fromkeys(map(str, modules)))


def _modules(place: Path) -> list[Path]:
    return sorted(place.rglob("test_*.py"), key=lambda module: len(module.parts)) if place.is_dir() else [place]
