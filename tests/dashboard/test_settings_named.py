"""Each setting stands in README.md and in .env.example, and nothing else does."""

import re

from tests.run_folder import PROJECT


def names_read() -> set[str]:
    source = (PROJECT / "dashboard" / "settings.py").read_text()
    return set(
        re.findall(
            r'read\.(?:text|words|flag|number|whole|one_of|zone|networks|database|cache|origins|parsed)\(\s*"([A-Z_]+)"',
            source,
        )
    )


def test_env_example_lists_exactly_the_settings_that_are_read():
    example = (PROJECT / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == names_read()


def test_the_readme_lists_exactly_the_settings_that_are_read():
    table = (PROJECT / "README.md").read_text().split("## Settings")[1].split("\n## ")[0]
    assert {
        name for row in re.findall(r"^\| (.+?) \|", table, re.MULTILINE) for name in re.findall(r"`([A-Z_]+)`", row)
    } == names_read()
