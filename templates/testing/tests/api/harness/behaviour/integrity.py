"""Rules between records: values that must differ, and records that others need."""

from __future__ import annotations

from harness.catalogue import resource_named
from harness.client import Client
from harness.factory import Factory
from harness.problems import assert_problem
from harness.resource import Field, Reference, Resource
from harness.selection import holds


class IntegrityTests:
    """Answers 409 where a change would break a rule between records."""

    def test_a_unique_value_is_taken_once(
        self, resource: Resource, factory: Factory, writer: Client, unique_field: Field
    ) -> None:
        taken = factory.create(resource)[unique_field.name]
        body = factory.body(resource, **{unique_field.name: taken})
        assert_problem(writer.post(resource.path, json=body), 409)

    @holds(2)
    def test_a_record_cannot_take_over_a_unique_value(
        self, resource: Resource, factory: Factory, writer: Client, unique_field: Field
    ) -> None:
        first, second = factory.create(resource), factory.create(resource)
        address = f"{resource.path}/{second['id']}"
        change = {unique_field.name: first[unique_field.name]}
        assert_problem(writer.patch(address, json=change), 409)
        same = {unique_field.name: second[unique_field.name]}
        assert writer.patch(address, json=same).status_code == 200

    def test_a_record_that_others_need_stays(
        self,
        resource: Resource,
        factory: Factory,
        writer: Client,
        admin: Client,
        needed_reference: Reference,
    ) -> None:
        if needed_reference.target == "User":
            return
        target = resource_named(needed_reference.target)
        parent = factory.reference_id(needed_reference.target, writer)
        child = factory.create(resource, **{needed_reference.key: parent})
        assert_problem(admin.delete(f"{target.path}/{parent}"), 409)
        assert writer.delete(f"{resource.path}/{child['id']}").status_code == 204
        assert admin.delete(f"{target.path}/{parent}").status_code == 204

    def test_a_record_that_others_merely_mention_goes(
        self,
        resource: Resource,
        factory: Factory,
        writer: Client,
        admin: Client,
        optional_reference: Reference,
    ) -> None:
        if optional_reference.target == "User":
            return
        target = resource_named(optional_reference.target)
        parent = factory.reference_id(optional_reference.target, writer)
        child = factory.create(resource, **{optional_reference.key: parent})
        assert admin.delete(f"{target.path}/{parent}").status_code == 204
        left = writer.get(f"{resource.path}/{child['id']}").json()
        assert left[optional_reference.key] is None
