"""Invalid input is refused with a pointer to what is wrong."""

from __future__ import annotations

from typing import Any

from harness.client import Client
from harness.factory import Factory
from harness.problems import assert_invalid, assert_problem
from harness.resource import Field, Reference, Resource


class ValidationTests:
    """Answers 422 and changes nothing."""

    def test_create_without_a_required_field(
        self, resource: Resource, factory: Factory, writer: Client, needed_field: Field
    ) -> None:
        body = factory.body(resource)
        del body[needed_field.name]
        assert_invalid(writer.post(resource.path, json=body), needed_field.name)

    def test_create_without_a_required_reference(
        self, resource: Resource, factory: Factory, writer: Client, needed_reference: Reference
    ) -> None:
        body = factory.body(resource)
        del body[needed_reference.key]
        assert_invalid(writer.post(resource.path, json=body), needed_reference.key)

    def test_create_with_a_broken_value(
        self,
        resource: Resource,
        factory: Factory,
        writer: Client,
        broken_value: tuple[Field, Any],
    ) -> None:
        field, value = broken_value
        body = factory.body(resource, **{field.name: value})
        assert_invalid(writer.post(resource.path, json=body), field.name)

    def test_update_with_a_broken_value_changes_nothing(
        self, resource: Resource, factory: Factory, writer: Client, any_field: Field
    ) -> None:
        record = factory.create(resource)
        address = f"{resource.path}/{record['id']}"
        assert_invalid(writer.patch(address, json={any_field.name: {}}), any_field.name)
        assert writer.get(address).json() == record

    def test_all_faults_are_told_at_once(
        self, resource: Resource, factory: Factory, writer: Client
    ) -> None:
        body = factory.body(resource, **{field.name: {} for field in resource.fields})
        problem = assert_problem(writer.post(resource.path, json=body), 422)
        assert {error["path"] for error in problem["errors"]} == {
            field.name for field in resource.fields
        }

    def test_unknown_members_are_refused(
        self, resource: Resource, factory: Factory, writer: Client
    ) -> None:
        body = factory.body(resource, noSuchFieldAtAll=1)
        assert_problem(writer.post(resource.path, json=body), 422)

    def test_the_server_sets_id_and_times(
        self, resource: Resource, factory: Factory, writer: Client
    ) -> None:
        record = factory.create(resource)
        address = f"{resource.path}/{record['id']}"
        assert_problem(writer.patch(address, json={"id": "mine"}), 422)
        assert_problem(writer.patch(address, json={"createdAt": "2001-01-01T00:00:00Z"}), 422)
        assert writer.get(address).json() == record

    def test_a_body_must_be_an_object(self, resource: Resource, writer: Client) -> None:
        for body in ([], "text", 7, None):
            assert writer.post(resource.path, json=body).status_code in {400, 422}
