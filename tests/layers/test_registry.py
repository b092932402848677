import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers._registry import LAYERS, discover

MODULE = """from dataclasses import replace
from layers._registry import LAYERS
LAYER = replace(LAYERS[{first!r}], id={id!r})
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of layers that starts empty, forgotten at the end."""
    folder = tmp_path / "some_layers"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == folder.name]:
        del sys.modules[name]


def write(package: Path, module: str, identifier: str) -> None:
    """Write a module with a layer of that id."""
    text = MODULE.format(first=next(iter(LAYERS)), id=identifier)
    (package / f"{module}.py").write_text(text)


def test_every_module_without_an_underscore_is_a_layer(package: Path) -> None:
    """Modules that start with an underscore are not looked into."""
    write(package, "lights", "lights")
    write(package, "graffiti", "graffiti")
    (package / "_help.py").write_text("raise RuntimeError")
    found = discover(package, package.name)
    assert list(found) == ["graffiti", "lights"]
    assert all(layer.id == name for name, layer in found.items())


def test_a_folder_without_layers_has_none(package: Path) -> None:
    """No layer is no error."""
    assert discover(package, package.name) == {}


def test_a_layer_is_called_as_its_file_is(package: Path) -> None:
    """Two of one id would be one, and a person looks for a layer by its name."""
    write(package, "lights", "lights")
    write(package, "more_lights", "lights")
    with pytest.raises(ValueError, match=r"but more_lights\.py is the layer lights"):
        discover(package, package.name)


def test_a_module_without_a_layer_is_not_passed_over(package: Path) -> None:
    """A forgotten underscore is noticed at the first start."""
    (package / "help.py").write_text("HELP = 1\n")
    with pytest.raises(AttributeError, match="LAYER"):
        discover(package, package.name)


def test_the_products_layers_are_those_of_its_folder() -> None:
    """Each file in layers/ without a leading underscore is one layer, found once."""
    folder = Path(sys.modules["layers"].__path__[0])
    assert len(LAYERS) == len([path for path in folder.glob("*.py") if not path.name.startswith("_")])
