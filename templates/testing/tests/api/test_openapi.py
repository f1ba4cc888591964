"""The OpenAPI document is well formed and tells the truth about the addresses it lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from harness.catalogue import ALL
from harness.client import Client

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture(scope="module")
def document(anonymous: Client) -> dict[str, Any]:
    answer = anonymous.get("/api/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yields path, method and description of every operation."""
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            yield path, method, item[method]


def references(node: Any) -> Iterator[str]:
    """Yields every $ref below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def full_path(document: dict[str, Any], path: str) -> str:
    """Puts the server's prefix before a path."""
    prefix = document.get("servers", [{"url": "/"}])[0]["url"].rstrip("/")
    return prefix + path


def test_version_and_title(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert document["info"]["title"]
    assert document["info"]["version"]


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        assert reference.startswith("#/"), reference
        node: Any = document
        for part in reference[2:].split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]


def test_operations_are_complete(document: dict[str, Any]) -> None:
    names = [operation.get("operationId") for _, _, operation in operations(document)]
    assert None not in names
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        assert operation["responses"], (method, path)
        inherited = document["paths"][path].get("parameters", [])
        parameters = [
            parameter["name"]
            for parameter in inherited + operation.get("parameters", [])
            if parameter.get("in") == "path"
        ]
        assert sorted(parameters) == sorted(re.findall(r"\{(\w+)\}", path)), (method, path)


def test_every_resource_is_described(document: dict[str, Any]) -> None:
    described = {(full_path(document, path), method) for path, method, _ in operations(document)}
    for resource in ALL:
        for method in ("get", "post"):
            assert (resource.path, method) in described
        for method in ("get", "patch", "delete"):
            assert (f"{resource.path}/{{id}}", method) in described


def test_every_described_operation_exists(document: dict[str, Any], anonymous: Client) -> None:
    for path, method, operation in operations(document):
        address = re.sub(r"\{\w+\}", "some-id", full_path(document, path))
        content = b"{}" if method in {"post", "patch", "put"} else None
        answer = anonymous.request(
            method.upper(), address, content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code != 405, (method, path)
        known = set(operation["responses"])
        assert str(answer.status_code) in known or "default" in known, (method, path, answer.text)
