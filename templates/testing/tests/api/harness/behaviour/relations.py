"""Relations: ids in, ids and labels out."""

from __future__ import annotations

from harness.behaviour.lists import ids, listed
from harness.catalogue import resource_named
from harness.client import Client
from harness.factory import Factory
from harness.problems import assert_invalid, assert_problem
from harness.resource import Links, Reference, Resource


def label_of(target: str, record: dict[str, object]) -> str:
    """Gives the text that stands for a record elsewhere."""
    value = record["name"] if target == "User" else record[resource_named(target).label_field]
    return str(record["id"] if value is None else value)


class RelationTests:
    """References to one record, and links to many."""

    def test_a_reference_carries_id_and_label(
        self, resource: Resource, factory: Factory, writer: Client, reference: Reference
    ) -> None:
        target = factory.reference_id(reference.target, writer)
        record = factory.create(resource, **{reference.key: target})
        assert record[reference.key] == target
        assert record[reference.name]["id"] == target
        assert isinstance(record[reference.name]["label"], str)
        if reference.target != "User":
            shown = writer.get(f"{resource_named(reference.target).path}/{target}").json()
            assert record[reference.name]["label"] == label_of(reference.target, shown)

    def test_an_optional_reference_can_be_set_and_cleared(
        self, resource: Resource, factory: Factory, writer: Client, optional_reference: Reference
    ) -> None:
        record = factory.create(resource)
        address = f"{resource.path}/{record['id']}"
        assert record[optional_reference.key] is None
        assert record[optional_reference.name] is None
        target = factory.reference_id(optional_reference.target, writer)
        changed = writer.patch(address, json={optional_reference.key: target})
        assert changed.json()[optional_reference.key] == target
        cleared = writer.patch(address, json={optional_reference.key: None})
        assert cleared.status_code == 200, cleared.text
        assert cleared.json()[optional_reference.key] is None
        assert cleared.json()[optional_reference.name] is None

    def test_a_required_reference_cannot_be_cleared(
        self, resource: Resource, factory: Factory, writer: Client, needed_reference: Reference
    ) -> None:
        record = factory.create(resource)
        answer = writer.patch(f"{resource.path}/{record['id']}", json={needed_reference.key: None})
        assert_invalid(answer, needed_reference.key)

    def test_a_reference_to_nothing_is_a_conflict(
        self, resource: Resource, factory: Factory, writer: Client, reference: Reference
    ) -> None:
        body = factory.body(resource, **{reference.key: "does-not-exist"})
        assert_problem(writer.post(resource.path, json=body), 409)

    def test_filter_by_reference(
        self, resource: Resource, factory: Factory, writer: Client, reference: Reference
    ) -> None:
        target = factory.reference_id(reference.target, writer)
        record = factory.create(resource, **{reference.key: target})
        items = listed(writer, resource, **{reference.key: target})["items"]
        assert record["id"] in [item["id"] for item in items]
        assert {item[reference.key] for item in items} == {target}
        assert listed(writer, resource, **{reference.key: "does-not-exist"})["items"] == []

    def test_links_are_replaced_as_a_whole(
        self, resource: Resource, factory: Factory, writer: Client, links: Links
    ) -> None:
        target = factory.reference_id(links.target, writer)
        record = factory.create(resource, **{links.key: [target]})
        address = f"{resource.path}/{record['id']}"
        assert record[links.key] == [target]
        assert [link["id"] for link in record[links.name]] == [target]
        assert all(isinstance(link["label"], str) for link in record[links.name])
        answer = writer.patch(address, json={links.key: []})
        assert answer.status_code == 200, answer.text
        assert answer.json()[links.key] == []
        assert writer.get(address).json()[links.name] == []

    def test_links_are_left_alone_by_other_changes(
        self, resource: Resource, factory: Factory, writer: Client, links: Links
    ) -> None:
        target = factory.reference_id(links.target, writer)
        record = factory.create(resource, **{links.key: [target]})
        field = resource.fields[0]
        answer = writer.patch(f"{resource.path}/{record['id']}", json={field.name: field.update})
        assert answer.json()[links.key] == [target]

    def test_links_are_checked(
        self, resource: Resource, factory: Factory, writer: Client, links: Links
    ) -> None:
        unknown = factory.body(resource, **{links.key: ["does-not-exist"]})
        assert_problem(writer.post(resource.path, json=unknown), 409)
        for value in ("not-a-list", None, [1], [None]):
            body = factory.body(resource, **{links.key: value})
            problem = assert_problem(writer.post(resource.path, json=body), 422)
            assert problem["errors"][0]["path"].startswith(links.key)

    def test_filter_by_links(
        self, resource: Resource, factory: Factory, writer: Client, links: Links
    ) -> None:
        target = factory.reference_id(links.target, writer)
        record = factory.create(resource, **{links.key: [target]})
        page = listed(writer, resource, **{links.key: target})
        assert record["id"] in ids(page)
        assert all(target in item[links.key] for item in page["items"])
