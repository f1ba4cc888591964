"""Fixtures of the API tests, and the choice of tests that each resource gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.register_assert_rewrite("harness")

from harness.client import Client  # noqa: E402
from harness.factory import Factory  # noqa: E402
from harness.resource import Resource  # noqa: E402
from harness.server import Server, running_server  # noqa: E402
from harness.values import broken  # noqa: E402

# A test that asks for one of these is run once for each of the resource's values.
PARAMETERS: dict[str, Callable[[Resource], list[Any]]] = {
    "any_field": lambda resource: list(resource.fields),
    "needed_field": lambda resource: [field for field in resource.fields if field.must_be_sent],
    "optional_field": lambda resource: [field for field in resource.fields if not field.required],
    "default_field": lambda resource: [
        field for field in resource.fields if field.default is not None
    ],
    "unique_field": lambda resource: [field for field in resource.fields if field.unique],
    "choice_field": lambda resource: [
        field for field in resource.fields if field.kind in {"boolean", "enum"}
    ],
    "search_field": lambda resource: [resource.field(name) for name in resource.search_fields],
    "reference": lambda resource: list(resource.references),
    "needed_reference": lambda resource: [each for each in resource.references if each.required],
    "optional_reference": lambda resource: [
        each for each in resource.references if not each.required
    ],
    "links": lambda resource: list(resource.links),
    "broken_value": lambda resource: [
        pytest.param((field, value), id=f"{field.name}-{reason.replace(' ', '-')}")
        for field in resource.fields
        for reason, value in broken(field)
    ],
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs tests of a resource for each of its fields or relations."""
    resource: Resource | None = getattr(metafunc.cls, "resource", None)
    if resource is None:
        return
    for name in metafunc.fixturenames:
        if name in PARAMETERS:
            nothing = pytest.param(None, marks=pytest.mark.not_applicable, id="none")
            values = PARAMETERS[name](resource) or [nothing]
            metafunc.parametrize(name, values, ids=lambda value: getattr(value, "name", None))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drops the tests that a resource has no use for, instead of reporting them as skipped."""
    dropped = [item for item in items if not _applies(item)]
    items[:] = [item for item in items if item not in set(dropped)]
    config.hook.pytest_deselected(items=dropped)


def _applies(item: pytest.Item) -> bool:
    if item.get_closest_marker("not_applicable"):
        return False
    resource = getattr(getattr(item, "cls", None), "resource", None)
    return all(marker.args[0](resource) for marker in item.iter_markers("applies_when"))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Gives the server under test."""
    with running_server() as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """Gives a client that nobody has signed in with; its cookies and user are the test's own."""
    with Client(server.url) as client:
        yield client


@pytest.fixture(scope="session")
def anonymous(server: Server) -> Iterator[Client]:
    """Gives a visitor who never signs in."""
    with Client(server.url) as client:
        yield client


@pytest.fixture(scope="session")
def owner(server: Server) -> Iterator[Client]:
    """Gives the user who owns the records of a test."""
    with Client(server.url) as client:
        yield client.register("Olive Owner")


@pytest.fixture(scope="session")
def stranger(server: Server) -> Iterator[Client]:
    """Gives a user who owns nothing."""
    with Client(server.url) as client:
        yield client.register("Sam Stranger")


@pytest.fixture(scope="session")
def admin(server: Server) -> Iterator[Client]:
    """Gives an administrator."""
    with Client(server.url) as client:
        yield client.login(server.admin_email, server.admin_password)


@pytest.fixture
def factory(owner: Client, admin: Client) -> Iterator[Factory]:
    """Gives a factory whose records vanish after the test."""
    factory = Factory(owner, admin)
    yield factory
    factory.clean()


@pytest.fixture
def resource(request: pytest.FixtureRequest) -> Resource:
    """Gives the resource that the test's class is about."""
    resource: Resource = request.cls.resource
    return resource


@pytest.fixture
def writer(factory: Factory, resource: Resource) -> Client:
    """Gives the least privileged client that may create records of the resource."""
    return factory.writer(resource)
