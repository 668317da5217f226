"""The changes: cosmic-ray's small ones, and statements left out, drawn from a seed; those of the Lua as they are listed."""

import ast
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from parso.python.tree import Keyword

from tests.mutation.lua_changes import FOLDER, LUA
from tests.mutation.nearest import NEAREST

# Of one operator's many replacements, those that go wrong quietly: `a @ b` for `a + b` any test would notice.
QUIET = {
    "Binary": {
        "Add_Sub",
        "Sub_Add",
        "Mul_FloorDiv",
        "Div_Mul",
        "FloorDiv_Mul",
        "Mod_Mul",
        "BitOr_BitAnd",
        "BitAnd_BitOr",
    },
    "Comparison": {"Eq_NotEq", "NotEq_Eq", "Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Is_IsNot", "IsNot_Is"},
    "Unary": {"Delete_Not", "Delete_USub"},
}


class LeaveOut(Operator):
    """Cosmic-ray has no such operator: a statement of a function is left out."""

    KINDS = ("expr_stmt", "atom_expr", "return_stmt", "raise_stmt", "yield_expr", "del_stmt")

    def mutation_positions(self, node):
        if node.type == "simple_stmt" and node.children[0].type in self.KINDS and node.search_ancestor("funcdef"):
            yield node.start_pos, node.end_pos

    def mutate(self, node, index):
        first = node.get_first_leaf()
        node.children[0] = Keyword("pass", first.start_pos, first.prefix)
        return node

    @classmethod
    def examples(cls):
        return ()


@dataclass(frozen=True)
class Change:
    """One file as it would be."""

    path: Path
    line: int
    old: str
    new: str

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}"

    def __str__(self) -> str:
        lines = unified_diff(self.old.splitlines(), self.new.splitlines(), lineterm="", n=0)
        return "\n".join([self.where, *list(lines)[3:]])


def drawn(seed: int, number: int) -> list[Change]:
    """So many of the Python, each place as likely as any other."""
    luck = random.Random(seed)
    places = defaultdict(list)
    texts = {path: path.read_text() for begin in NEAREST for path in Path(begin).rglob("*.py")}
    for path, text in texts.items():
        for start, operator, occurrence in _possible(text):
            places[path, start].append((operator, occurrence))
    changes = []
    for place in luck.sample(sorted(places), len(places)):
        (path, start), (operator, occurrence) = place, luck.choice(places[place])
        change = Change(path, start[0], texts[path], mutate_code(texts[path], operator, occurrence))
        if _compiles(change):
            changes.append(change)
        if len(changes) == number:
            break
    return changes


def of_the_lua() -> list[Change]:
    """Those listed; one whose text is no longer there, or there twice, is a mistake in the list."""
    changes = []
    for name, old, new in LUA:
        text = (FOLDER / name).read_text()
        before, found, after = text.partition(old)
        if not found or old in after:
            raise ValueError(f"{name}: {old!r} is there {text.count(old)} times, not once.")
        changes.append(Change(FOLDER / name, before.count("\n") + 1, text, before + new + after))
    return changes


def _compiles(change: Change) -> bool:
    """Some of cosmic-ray's do not; any test would notice."""
    try:
        compile(change.new, change.path, "exec")
    except SyntaxError:
        return False
    return True


def _possible(source: str) -> Iterator[tuple[tuple[int, int], Operator, int]]:
    """Each place, operator, and the how-manieth of that operator it is; nothing that no test can see."""
    nodes, unseen = list(ast_nodes(get_ast(source))), list(_unseen(source))
    for operator in [*_operators(), LeaveOut()]:
        positions = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, start in enumerate(positions):
            if not any(begin <= start < end for begin, end in unseen):
                yield start, operator, occurrence


def _operators() -> Iterator[Operator]:
    for name in cosmic_ray.plugins.operator_names():
        kind, _, pair = name.removeprefix("core/").partition("Operator_")
        wanted = QUIET.get(kind.removeprefix("Replace")) if pair else None
        operator = cosmic_ray.plugins.get_operator(name)
        if not operator.arguments() and (wanted is None or pair in wanted):
            yield operator()


def _unseen(source: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where there are annotations, and `slots=True`."""
    for node in ast.walk(ast.parse(source)):
        slots = node if isinstance(node, ast.keyword) and node.arg == "slots" else None
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None), slots):
            if note is not None:
                yield (note.lineno, note.col_offset), (note.end_lineno, note.end_col_offset)
