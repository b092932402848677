import importlib
import json
import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
ARCHITECTURE = (REPOSITORY / "docs" / "architecture.md").read_text()


def test_the_picture_of_the_house_is_what_the_contracts_hold() -> None:
    """Storey by storey, from the top."""
    (picture,) = re.findall(r"```text\n(.*?)```", ARCHITECTURE, re.DOTALL)
    storeys = [re.findall(r"^(\w+)", part, re.MULTILINE) for part in picture.split("   |\n")]
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (downwards,) = [each["layers"] for each in contracts if each["type"] == "layers"]
    assert [" | ".join(sorted(storey)) for storey in storeys] == downwards


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:\w+\.)+\w+)`", ARCHITECTURE))))
def test_every_function_that_a_way_goes_through_is_there(name: str) -> None:
    """By its module and its name."""
    module, _, function = name.rpartition(".")
    assert hasattr(importlib.import_module(module), function)


@pytest.mark.parametrize(
    "document", [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")], ids=lambda p: p.name
)
def test_no_document_links_to_a_file_that_is_not_there(document: Path) -> None:
    """Relative links, and files named as paths in code."""
    text = document.read_text()
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_changelog_begins_with_what_comes_and_has_this_version() -> None:
    """As Keep a Changelog has it."""
    text = (REPOSITORY / "CHANGELOG.md").read_text()
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    headings = re.findall(r"^## (\S+)", text, re.MULTILINE)
    assert headings[0] == "Unreleased" and version in headings
    assert "version" not in json.loads((REPOSITORY / "package.json").read_text())
