"""Creates records together with whatever they need, and removes them again."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

from harness.catalogue import resource_named
from harness.client import Client
from harness.resource import Resource
from harness.values import distinct

# One count a resource: where a unique field has few values, records made in a row still differ.
_serials: defaultdict[str, itertools.count[int]] = defaultdict(lambda: itertools.count(1))


class Factory:
    """Builds valid bodies and records; everything created is deleted by `clean`."""

    def __init__(self, owner: Client, admin: Client) -> None:
        self._owner = owner
        self._admin = admin
        self._created: list[str] = []

    def writer(self, resource: Resource) -> Client:
        """Gives the least privileged client that may create records of the resource."""
        return self._admin if resource.access == "admin" else self._owner

    def body(self, resource: Resource, /, **overrides: Any) -> dict[str, Any]:
        """Builds a complete, valid body: unique fields are fresh, the rest are the examples."""
        serial = next(_serials[resource.name])
        body: dict[str, Any] = {}
        for field in resource.fields:
            body[field.name] = distinct(field, serial) if field.unique else field.example
        for reference in resource.references:
            if reference.required and reference.key not in overrides:
                body[reference.key] = self.reference_id(reference.target, self.writer(resource))
        return body | overrides

    def minimal_body(self, resource: Resource) -> dict[str, Any]:
        """Builds a valid body of nothing but what must be sent."""
        full = self.body(resource)
        wanted = {field.name for field in resource.fields if field.must_be_sent}
        wanted |= {reference.key for reference in resource.references if reference.required}
        return {key: value for key, value in full.items() if key in wanted}

    # Names before the slash cannot clash with those of fields.
    def create(self, resource: Resource, by: Client | None = None, /, **overrides: Any) -> Any:
        """Creates a record and returns it as the API answered."""
        client = by or self.writer(resource)
        answer = client.post(resource.path, json=self.body(resource, **overrides))
        assert answer.status_code == 201, answer.text
        return self.keep(resource, answer.json())

    def create_many(self, resource: Resource, count: int, /, **overrides: Any) -> list[Any]:
        """Creates records that share their required parents and differ where their seeds do."""
        count = min(count, resource.capacity)
        parents = {
            reference.key: self.reference_id(reference.target, self.writer(resource))
            for reference in resource.references
            if reference.required
        }
        records = []
        for index in range(count):
            seeds = {
                field.name: field.seeds[index % len(field.seeds)]
                for field in resource.fields
                if not field.unique
            }
            records.append(self.create(resource, **(parents | seeds | overrides)))
        return records

    def keep(self, resource: Resource, record: Any) -> Any:
        """Remembers a record that a test created by itself."""
        self._created.append(f"{resource.path}/{record['id']}")
        return record

    def reference_id(self, target: str, writer: Client) -> str:
        """Creates a record to point at and returns its id; for users it is the writer's own."""
        if target == "User":
            return str(writer.user["id"])
        resource = resource_named(target)
        by = self._admin if resource.access == "admin" else writer
        return str(self.create(resource, by)["id"])

    def clean(self) -> None:
        """Deletes what was created, the newest first: children go before their parents."""
        while self._created:
            answer = self._admin.delete(self._created.pop())
            assert answer.status_code in {204, 404}, answer.text
