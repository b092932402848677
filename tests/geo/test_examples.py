"""The examples in the docstrings of geo run and say what they say, and every public function has one."""

import doctest
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np
import pytest

import geo

MODULES = [importlib.import_module(f"geo.{file.stem}") for file in sorted(Path(geo.__path__[0]).glob("[!_]*.py"))]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def public_functions(module: ModuleType) -> Iterator[str]:
    """The functions that a module defines, and the methods of its classes, by their names in it."""
    for name, found in inspect.getmembers(module):
        if name.startswith("_") or getattr(found, "__module__", "") != module.__name__:
            continue
        if isinstance(found, FunctionType):
            yield name
        elif inspect.isclass(found):
            methods = (each for each, kind in vars(found).items() if isinstance(kind, FunctionType))
            yield from (f"{name}.{each}" for each in methods if not each.startswith("_"))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_say_what_comes_out(module: ModuleType) -> None:
    """Whoever copies one gets what is written below it."""
    with np.printoptions(precision=8, suppress=True, linewidth=120):
        assert doctest.testmod(module, optionflags=OPTIONS).failed == 0


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_function_has_an_example(module: ModuleType) -> None:
    """In its own docstring."""
    found = {test.name for test in doctest.DocTestFinder().find(module) if test.examples}
    assert [name for name in public_functions(module) if f"{module.__name__}.{name}" not in found] == []
