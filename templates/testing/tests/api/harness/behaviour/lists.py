"""Lists: pages, order, search and filters."""

from __future__ import annotations

from typing import Any

from harness.client import Client
from harness.factory import Factory
from harness.problems import assert_invalid
from harness.resource import TEXT_KINDS, Field, Resource
from harness.selection import holds
from harness.values import distinct


def listed(client: Client, resource: Resource, /, **query: Any) -> dict[str, Any]:
    """Reads one page of a list."""
    answer = client.get(resource.path, params={"pageSize": 100, **query})
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    assert set(page) == {"items", "page", "pageSize", "total"}
    return page


def ids(page: dict[str, Any]) -> list[str]:
    """Gives the ids on a page in their order."""
    return [item["id"] for item in page["items"]]


class ListTests:
    """What a list shows and how it can be asked."""

    def test_a_list_holds_what_was_created(
        self, resource: Resource, factory: Factory, writer: Client
    ) -> None:
        before = listed(writer, resource)["total"]
        record = factory.create(resource)
        page = listed(writer, resource, sort="-createdAt")
        assert page["total"] == before + 1
        assert record in page["items"]

    @holds(3)
    def test_pages_do_not_overlap(
        self, resource: Resource, factory: Factory, writer: Client
    ) -> None:
        created = {record["id"] for record in factory.create_many(resource, 3)}
        total = listed(writer, resource)["total"]
        seen: list[str] = []
        for number in range(1, (total + 1) // 2 + 1):
            page = listed(writer, resource, page=number, pageSize=2)
            assert (page["page"], page["pageSize"], page["total"]) == (number, 2, total)
            seen += ids(page)
        assert len(seen) == len(set(seen)) == total
        assert created <= set(seen)

    def test_a_page_past_the_end_is_empty(self, resource: Resource, writer: Client) -> None:
        assert listed(writer, resource, page=10_000)["items"] == []

    def test_page_numbers_are_checked(self, resource: Resource, writer: Client) -> None:
        for name, value in (
            ("page", "0"),
            ("page", "-1"),
            ("page", "x"),
            ("page", "1.5"),
            ("page", "9" * 30),
            ("pageSize", "0"),
            ("pageSize", "101"),
            ("pageSize", "0x10"),
        ):
            assert_invalid(writer.get(resource.path, params={name: value}), name)

    @holds(2)
    def test_sort(
        self, resource: Resource, factory: Factory, writer: Client, any_field: Field
    ) -> None:
        created = {record["id"] for record in factory.create_many(resource, 5)}
        orders = []
        for sort in (any_field.name, f"-{any_field.name}"):
            items = listed(writer, resource, sort=sort)["items"]
            orders.append([item[any_field.name] for item in items if item["id"] in created])
        up, down = ([any_field.canonical(value) for value in order] for order in orders)
        assert up == down[::-1]
        # How text and enums are ordered is the database's own affair.
        if any_field.kind not in TEXT_KINDS | {"enum"}:
            assert up == sorted(up)

    def test_sorting_by_something_else_is_refused(self, resource: Resource, writer: Client) -> None:
        for sort in ("noSuchFieldAtAll", "-", "id;drop", "owner.passwordHash"):
            assert_invalid(writer.get(resource.path, params={"sort": sort}), "sort")

    @holds(2)
    def test_search(
        self, resource: Resource, factory: Factory, writer: Client, search_field: Field
    ) -> None:
        wanted, other = distinct(search_field, 40_001), distinct(search_field, 40_002)
        found = factory.create(resource, **{search_field.name: wanted})
        hidden = factory.create(resource, **{search_field.name: other})
        result = ids(listed(writer, resource, q=wanted.upper()))
        assert found["id"] in result
        assert hidden["id"] not in result

    def test_search_takes_wildcards_literally(
        self, resource: Resource, factory: Factory, writer: Client
    ) -> None:
        factory.create(resource)
        for text in ("%", "_%_", "\\", "'; --", '"'):
            for item in listed(writer, resource, q=text)["items"]:
                texts = [str(item[name]) for name in resource.search_fields]
                assert all(any(word in each for each in texts) for word in text.split()), text

    @holds(2)
    def test_filter_by_choice(
        self, resource: Resource, factory: Factory, writer: Client, choice_field: Field
    ) -> None:
        name = choice_field.name
        record = factory.create(resource)
        matching = factory.create(resource, **{name: choice_field.update})
        value = matching[name]
        query = {name: str(value).lower() if choice_field.kind == "boolean" else value}
        items = listed(writer, resource, **query)["items"]
        assert {item[name] for item in items} == {value}
        assert (record["id"] in [item["id"] for item in items]) == (record[name] == value)
        assert matching["id"] in [item["id"] for item in items]

    def test_filters_are_checked(
        self, resource: Resource, writer: Client, choice_field: Field
    ) -> None:
        answer = writer.get(resource.path, params={choice_field.name: "surely-not-valid"})
        assert_invalid(answer, choice_field.name)
