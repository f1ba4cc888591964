"""Chooses the resources that a test is for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.resource import Resource


def applies_when(predicate: Callable[[Resource], bool]) -> pytest.MarkDecorator:
    """Keeps a test only for the resources that a predicate accepts."""
    # A mark that is called with nothing but a function would decorate that function.
    return pytest.mark.applies_when.with_args(predicate)


def holds(count: int) -> pytest.MarkDecorator:
    """Keeps a test for resources of which so many records can exist side by side."""
    return applies_when(lambda resource: resource.capacity >= count)


def access_is(*kinds: str) -> pytest.MarkDecorator:
    """Keeps a test for resources of these kinds of access."""
    return applies_when(lambda resource: resource.access in kinds)
