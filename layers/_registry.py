"""Finds the layers: every module here without a leading underscore is one."""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from layers._layer import Layer


def discover(folder: Path, package: str) -> dict[str, Layer]:
    """The `LAYER` of every public module in a folder of a package, by id, in the order of their names."""
    names = sorted(module.name for module in iter_modules([str(folder)]) if not module.name.startswith("_"))
    found: list[Layer] = [import_module(f"{package}.{name}").LAYER for name in names]
    by_id = {layer.id: layer for layer in found}
    if len(by_id) < len(found):
        raise ValueError(f"Two modules of {names} are layers of one id: {[layer.id for layer in found]}.")
    return by_id


@cache
def layers() -> dict[str, Layer]:
    """Every layer of the product, by id."""
    return discover(Path(__file__).parent, "layers")
