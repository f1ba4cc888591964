"""Who may do what."""

from __future__ import annotations

from typing import Any

import httpx

from harness.behaviour.crud import assert_holds
from harness.behaviour.lists import ids, listed
from harness.client import Client
from harness.factory import Factory
from harness.problems import assert_problem
from harness.resource import Resource
from harness.selection import access_is


def change_to(resource: Resource) -> dict[str, object]:
    """Builds a valid change."""
    field = resource.fields[0]
    return {field.name: field.update}


def assert_reads(answer: httpx.Response, resource: Resource, record: dict[str, Any]) -> None:
    """Asserts that an answer is the record; labels of related records depend on who asks."""
    assert answer.status_code == 200, answer.text
    assert answer.json()["id"] == record["id"]
    assert_holds(resource, answer.json(), record)


class AccessTests:
    """Visitors, strangers, owners and administrators."""

    @access_is("public")
    def test_visitors_may_read(
        self, resource: Resource, factory: Factory, anonymous: Client
    ) -> None:
        record = factory.create(resource)
        assert_reads(anonymous.get(f"{resource.path}/{record['id']}"), resource, record)
        assert record["id"] in ids(listed(anonymous, resource, sort="-createdAt"))

    @access_is("shared", "owned", "admin")
    def test_visitors_may_not_read(
        self, resource: Resource, factory: Factory, anonymous: Client
    ) -> None:
        record = factory.create(resource)
        assert_problem(anonymous.get(resource.path), 401)
        assert_problem(anonymous.get(f"{resource.path}/{record['id']}"), 401)

    def test_visitors_may_not_write(
        self, resource: Resource, factory: Factory, anonymous: Client
    ) -> None:
        address = f"{resource.path}/{factory.create(resource)['id']}"
        assert_problem(anonymous.post(resource.path, json=factory.body(resource)), 401)
        assert_problem(anonymous.patch(address, json=change_to(resource)), 401)
        assert_problem(anonymous.delete(address), 401)

    @access_is("public", "shared", "admin")
    def test_strangers_may_read(
        self, resource: Resource, factory: Factory, stranger: Client
    ) -> None:
        record = factory.create(resource)
        assert_reads(stranger.get(f"{resource.path}/{record['id']}"), resource, record)
        assert record["id"] in ids(listed(stranger, resource, sort="-createdAt"))

    @access_is("public", "shared", "admin")
    def test_strangers_may_not_change(
        self, resource: Resource, factory: Factory, stranger: Client, writer: Client
    ) -> None:
        record = factory.create(resource)
        address = f"{resource.path}/{record['id']}"
        assert_problem(stranger.patch(address, json=change_to(resource)), 403)
        assert_problem(stranger.delete(address), 403)
        assert_reads(writer.get(address), resource, record)

    @access_is("owned")
    def test_strangers_do_not_even_see_it(
        self, resource: Resource, factory: Factory, stranger: Client, writer: Client
    ) -> None:
        record = factory.create(resource)
        address = f"{resource.path}/{record['id']}"
        assert_problem(stranger.get(address), 404)
        assert_problem(stranger.patch(address, json=change_to(resource)), 404)
        assert_problem(stranger.delete(address), 404)
        assert record["id"] not in ids(listed(stranger, resource, sort="-createdAt"))
        assert_reads(writer.get(address), resource, record)

    @access_is("admin")
    def test_users_may_not_create(
        self, resource: Resource, factory: Factory, stranger: Client
    ) -> None:
        assert_problem(stranger.post(resource.path, json=factory.body(resource)), 403)

    def test_administrators_may_do_everything(
        self, resource: Resource, factory: Factory, admin: Client
    ) -> None:
        record = factory.create(resource)
        address = f"{resource.path}/{record['id']}"
        assert_reads(admin.get(address), resource, record)
        assert record["id"] in ids(listed(admin, resource, sort="-createdAt"))
        assert admin.patch(address, json=change_to(resource)).status_code == 200
        assert admin.delete(address).status_code == 204
