"""The resources of this API, one module each."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from harness.resource import Resource

ALL: tuple[Resource, ...] = tuple(
    import_module(f"{__name__}.{module.name}").RESOURCE
    for module in sorted(iter_modules(__path__), key=lambda module: module.name)
)


def resource_named(name: str) -> Resource:
    """Finds a resource by the name of its entity."""
    return next(resource for resource in ALL if resource.name == name)
