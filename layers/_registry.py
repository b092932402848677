"""Finds the layers: every module here without a leading underscore is one."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from layers._layer import Layer


def discover(folder: Path, package: str) -> dict[str, Layer]:
    """The `LAYER` of every public module in a folder of a package, by id, which is the file's name."""
    names = sorted(module.name for module in iter_modules([str(folder)]) if not module.name.startswith("_"))
    found: dict[str, Layer] = {name: import_module(f"{package}.{name}").LAYER for name in names}
    wrong = [f"{name}.py is the layer {layer.id}" for name, layer in found.items() if layer.id != name]
    if wrong:
        raise ValueError(f"A layer's file is called as the layer is, but {', '.join(wrong)}.")
    return found


LAYERS = discover(Path(__file__).parent, "layers")
"""Every layer of the product, by id."""
