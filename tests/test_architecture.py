"""The rules of the code that a machine can check: imports, sizes, mirrored tests, words kept out of files."""

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("geo", "layers", "evidence", "analysis", "plans", "maps", "api", "web", "service", "data")
SIZED = {".py", ".js", ".scss", ".html", ".sql"}
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef)

# Put together here, or this file would break its own rule.
UNWANTED = [
    "registry." + "npmjs.org",
    "pypi." + "org",
    "pythonhosted." + "org",
    "deb." + "debian.org",
    *(f"/{folder}/" for folder in ("work", "tmp", "root", "home")),
]


# As the whole name of a function they say nothing in a traceback: what was told, kept, checked, of what?
SILENT_NAME = re.compile(
    r"_*(about|any|asked|check|checked|chosen|compared|counted|described|done|drawn|each|every|"
    r"found|given|got|it|kept|known|listed|looked|made|named|needed|noted|of|one|opened|"
    r"other|others|put|ranked|said|same|seen|shown|some|taken|that|them|things|told|wanted|"
    r"what|which|words|written|wrong)_*"
)


def repository_files() -> list[Path]:
    """List the files that git keeps or would keep."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    paths = [REPOSITORY / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def modules() -> list[Path]:
    """List the product's modules."""
    roots = [REPOSITORY / package for package in PACKAGES]
    return [p for p in repository_files() if p.suffix == ".py" and any(p.is_relative_to(r) for r in roots)]


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Read a module: every node of it, at any depth."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Find every function and method of a module, at any depth."""
    return (node for node in nodes(path) if isinstance(node, DEFINITION))


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines from its def to its end, without its docstring."""
    total = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return total
    docstring = function.body[0]
    return total - ((docstring.end_lineno or 0) - docstring.lineno + 1)


def test_imports_go_where_the_contracts_let_them() -> None:
    """The contracts of pyproject.toml hold, and leave no package of ours out."""
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert set(contracts["root_packages"]) == {path.parts[len(REPOSITORY.parts)] for path in modules()}
    # In a process of its own: it sets up logging anew, for all tests that come after it.
    program = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run([program, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_functions_are_short() -> None:
    """Half have at most 8 lines, 95 of 100 at most 30, none more than 50."""
    sizes = {
        f"{path.relative_to(REPOSITORY)}:{function.name}": lines(function)
        for path in modules()
        for function in functions(path)
    }
    assert {name: size for name, size in sizes.items() if size > 50} == {}
    assert statistics.quantiles(sizes.values(), n=20)[-1] <= 30
    assert statistics.median(sizes.values()) <= 8


def test_functions_are_named_for_what_they_give() -> None:
    """No function, of the product or of its tests, is called `_told`, `_check` or the like."""
    silent = [
        f"{path.relative_to(REPOSITORY)}:{function.name}"
        for path in repository_files()
        if path.suffix == ".py"
        for function in functions(path)
        if SILENT_NAME.fullmatch(function.name)
    ]
    assert silent == []


def test_the_product_does_not_assert() -> None:
    """What cannot be is not written down to be hoped for, and what can be is an error that says so, also with -O."""
    asserted = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno}"
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Assert)
    ]
    assert asserted == []


def test_files_are_short() -> None:
    """No file that a person reads as code has more than 300 lines."""
    sizes = {
        str(path.relative_to(REPOSITORY)): len(path.read_text().splitlines())
        for path in repository_files()
        if path.suffix in SIZED
    }
    assert {name: size for name, size in sizes.items() if size > 300} == {}


def test_every_module_has_its_tests() -> None:
    """Each module with a function in it has a test file at the same place under tests."""
    missing = []
    for path in modules():
        inside = path.relative_to(REPOSITORY)
        mirror = REPOSITORY / "tests" / inside.parent / f"test_{path.stem.lstrip('_')}.py"
        # Migrations are run together, by the tests of what they make.
        is_migration = inside.parent.name == "versions"
        if path.stem != "__init__" and not is_migration and any(functions(path)) and not mirror.exists():
            missing.append(str(inside))
    assert missing == []


def test_one_file_says_who_the_council_is() -> None:
    """Another landlord changes it and the boundaries: nothing else of the product names the place, but what ships."""
    named = [
        str(path.relative_to(REPOSITORY))
        for path in repository_files()
        if path.relative_to(REPOSITORY).parts[0] in PACKAGES
        and path.relative_to(REPOSITORY).parts[0] != "data"
        and path.suffix in {".py", ".html", ".js", ".toml"}
        and "Milton Keynes" in path.read_text()
    ]
    assert named == ["geo/council.py", "geo/council.toml"]


def test_test_folders_are_no_packages() -> None:
    """A tests/geo that were a package would hide the real geo from the tests."""
    assert list((REPOSITORY / "tests").rglob("__init__.py")) == []


def test_every_test_says_in_a_sentence_what_it_shows() -> None:
    """Each test function has a docstring that ends as a sentence does."""
    silent = [
        f"{path.relative_to(REPOSITORY)}:{function.name}"
        for path in sorted((REPOSITORY / "tests").rglob("test_*.py"))
        for function in functions(path)
        if function.name.startswith("test_") and not (ast.get_docstring(function) or "").endswith(".")
    ]
    assert silent == []


@pytest.mark.parametrize("words", UNWANTED)
def test_no_file_names_a_registry_or_a_place_on_one_machine(words: str) -> None:
    """What is committed works on any machine, whatever its paths and wherever its packages come from."""
    # A path begins a word; in the middle of one it is part of an address or of a longer path.
    pattern = re.compile(rb"(?<![\w.)}*-])" + re.escape(words.encode()))
    found = [path for path in repository_files() if pattern.search(path.read_bytes())]
    assert [str(path.relative_to(REPOSITORY)) for path in found] == []
