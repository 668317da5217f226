"""Documents lead somewhere: the index has each decision, links and the names of files in them are those of files."""

import os
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
DECISIONS = PROJECT / "docs" / "decisions"
DOCUMENTS = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").rglob("*.md"))]
KINDS = r"(?:py|js|css|html|jinja|lua|md|yaml|toml|sh|conf)"


@cache
def files() -> list[str]:
    """All of the project, as `/folder/name`."""
    found = []
    for folder, below, names in os.walk(PROJECT):  # which passes over what another test removes meanwhile
        below[:] = [one for one in below if one[0] != "."]
        found += [f"/{Path(folder, one).relative_to(PROJECT)}" for one in names]
    return found


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_the_index_has_each_decision_under_its_number_and_no_other():
    rows = re.findall(r"^\| \[(\d+)\]\((\S+)\) \| .+ \|$", (DECISIONS / "README.md").read_text(), re.MULTILINE)
    assert [(int(number), file) for number, file in rows] == [
        (int(file.name[:4]), file.name) for file in sorted(DECISIONS.glob("0*.md"))
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_to_files(document):
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text())
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_files_that_are_named_are_there(document):
    """By their whole path or its end; what a decision says of a file that is gone is said of a name, not of a file."""
    named = re.findall(rf"`((?:[\w.-]+/)*[\w-]+\.{KINDS})`", document.read_text())
    assert [one for one in dict.fromkeys(named) if not any(file.endswith(f"/{one}") for file in files())] == []
