"""Create, read, update and delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from harness.client import Client
from harness.factory import Factory
from harness.problems import assert_problem
from harness.resource import Field, Resource

MISSING_ID = "does-not-exist"


def assert_holds(resource: Resource, record: dict[str, Any], expected: dict[str, Any]) -> None:
    """Asserts that a record carries the expected values of its fields."""
    for field in resource.fields:
        if field.name in expected:
            actual = field.canonical(record[field.name])
            assert actual == field.canonical(expected[field.name]), field.name


class CrudTests:
    """A record's life from its creation to its end."""

    def test_create(self, resource: Resource, factory: Factory, writer: Client) -> None:
        body = factory.body(resource)
        answer = writer.post(resource.path, json=body)
        assert answer.status_code == 201, answer.text
        record = factory.keep(resource, answer.json())
        assert isinstance(record["id"], str)
        assert answer.headers["location"].endswith(f"{resource.path}/{record['id']}")
        assert_holds(resource, record, body)
        for name in ("createdAt", "updatedAt"):
            assert (
                datetime.fromisoformat(record[name].replace("Z", "+00:00")).utcoffset() is not None
            )

    def test_create_with_what_is_required_alone(
        self, resource: Resource, factory: Factory, writer: Client
    ) -> None:
        body = factory.minimal_body(resource)
        answer = writer.post(resource.path, json=body)
        assert answer.status_code == 201, answer.text
        record = factory.keep(resource, answer.json())
        assert_holds(resource, record, body)
        left_out = {field.name: field.default for field in resource.fields} | body
        assert_holds(resource, record, left_out)

    def test_read(self, resource: Resource, factory: Factory, writer: Client) -> None:
        record = factory.create(resource)
        answer = writer.get(f"{resource.path}/{record['id']}")
        assert answer.status_code == 200
        assert answer.json() == record

    def test_update_changes_one_field_alone(
        self, resource: Resource, factory: Factory, writer: Client, any_field: Field
    ) -> None:
        record = factory.create(resource)
        address = f"{resource.path}/{record['id']}"
        answer = writer.patch(address, json={any_field.name: any_field.update})
        assert answer.status_code == 200, answer.text
        assert_holds(resource, answer.json(), record | {any_field.name: any_field.update})
        assert writer.get(address).json() == answer.json()

    def test_update_clears_an_optional_field(
        self, resource: Resource, factory: Factory, writer: Client, optional_field: Field
    ) -> None:
        record = factory.create(resource)
        address = f"{resource.path}/{record['id']}"
        answer = writer.patch(address, json={optional_field.name: None})
        assert answer.status_code == 200, answer.text
        assert answer.json()[optional_field.name] is None

    def test_a_changed_default_stays(
        self, resource: Resource, factory: Factory, writer: Client, default_field: Field
    ) -> None:
        record = factory.create(resource)
        address = f"{resource.path}/{record['id']}"
        assert (
            writer.patch(address, json={default_field.name: default_field.update}).status_code
            == 200
        )
        other = next((each for each in resource.fields if each is not default_field), None)
        body = {other.name: other.update} if other else {}
        answer = writer.patch(address, json=body)
        assert answer.status_code == 200, answer.text
        assert_holds(resource, answer.json(), {default_field.name: default_field.update})

    def test_delete(self, resource: Resource, factory: Factory, writer: Client) -> None:
        address = f"{resource.path}/{factory.create(resource)['id']}"
        answer = writer.delete(address)
        assert answer.status_code == 204
        assert answer.content == b""
        assert_problem(writer.get(address), 404)
        assert_problem(writer.delete(address), 404)

    def test_unknown_ids_are_not_found(
        self, resource: Resource, factory: Factory, writer: Client
    ) -> None:
        address = f"{resource.path}/{MISSING_ID}"
        assert_problem(writer.get(address), 404)
        assert_problem(writer.patch(address, json={}), 404)
        assert_problem(writer.delete(address), 404)
