"""The resources of this API: what the modules in `resources` describe."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from harness.resource import Resource

FOLDER = Path(__file__).resolve().parents[1] / "resources"

ALL: tuple[Resource, ...] = tuple(
    import_module(f"resources.{module.name}").RESOURCE
    for module in sorted(iter_modules([str(FOLDER)]), key=lambda module: module.name)
)


def resource_named(name: str) -> Resource:
    """Finds a resource by the name of its entity."""
    return next(resource for resource in ALL if resource.name == name)
