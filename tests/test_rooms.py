"""The map in CONTRIBUTING.md, the folders, and what each folder says of itself are the same."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PACKAGES = ("tickets_app", "dashboard", "audit", "copper_sandbox")
# Django's own places: their names say what they are.
DJANGOS = {"migrations", "management", "commands", "templatetags"}


def packages() -> list[Path]:
    found = [file.parent for name in PACKAGES for file in (PROJECT / name).rglob("__init__.py")]
    return sorted(folder for folder in found if not DJANGOS & set(folder.parts))


def modules() -> list[Path]:
    return sorted(file for folder in packages() for file in folder.glob("*.py"))


def docstring(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text())) or ""


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("folder", packages(), ids=name)
def test_a_room_says_what_lives_there_and_where_to_begin(folder):
    said = docstring(folder / "__init__.py")
    assert said
    begin = re.findall(r"Begin with (\w+\.py)", said)
    assert len(begin) == 1
    assert (folder / begin[0]).is_file()


@pytest.mark.parametrize("file", modules(), ids=name)
def test_a_modules_first_line_says_what_it_is_for(file):
    first = docstring(file).partition("\n")[0]
    assert re.fullmatch(r".{16,}[.:,]", first), first


def test_the_map_names_every_room_and_no_other():
    chapter = (PROJECT / "CONTRIBUTING.md").read_text().split("## The map")[1].split("\n## ")[0]
    named = re.findall(r"^\| `([\w/]+)/` \|", chapter, re.MULTILINE)
    assert sorted(named) == sorted({name(folder) for folder in packages()} - {"tickets_app"})


def test_templates_and_scripts_lie_in_rooms_of_the_same_names():
    rooms = {folder.name for folder in (PROJECT / "tickets_app").iterdir() if folder.is_dir()}
    assert {one.name for one in (PROJECT / "templates" / "tickets").iterdir()} <= rooms
    assert {one.name for one in (PROJECT / "static" / "copper_tickets").iterdir() if one.is_dir()} <= rooms


def test_contracts_that_list_the_rooms_of_pages_leave_none_out():
    rooms = {f"tickets_app.{folder.name}" for folder in packages() if folder.parent.name == "tickets_app"}
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = [set(one["source_modules"]) for one in contracts if "tickets_app.filters" in one.get("source_modules", ())]
    but = [{"copper", "gateway"}, {"copper", "audit_pages"}]  # what the contract is about
    assert [rooms - one for one in named] == [{f"tickets_app.{room}" for room in left} for left in but]
