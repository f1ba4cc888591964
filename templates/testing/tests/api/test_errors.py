"""Whatever a client sends, the answer is a problem document and never a 500."""

import pytest

from harness.catalogue import ALL
from harness.client import Client
from harness.problems import assert_problem
from harness.resource import Resource
from harness.server import ROOT

every_resource = pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)


def test_unknown_addresses(anonymous: Client) -> None:
    for path in ("/api", "/api/no-such-thing", "/api/auth/no-such-thing"):
        problem = assert_problem(anonymous.get(path), 404)
        assert "/" not in problem["title"]


@every_resource
def test_methods_that_do_not_exist(owner: Client, each: Resource) -> None:
    answer = owner.put(each.path, json={})
    assert_problem(answer, 405)
    allowed = {method.strip() for method in answer.headers["allow"].split(",")}
    assert {"GET", "POST"} <= allowed
    answer = owner.post(f"{each.path}/some-id", json={})
    assert_problem(answer, 405)
    assert "PATCH" in answer.headers["allow"]


@every_resource
def test_malformed_json(admin: Client, each: Resource) -> None:
    headers = {"Content-Type": "application/json"}
    for content in ("{", '{"a":', "{'a': 1}", "nonsense", "\x00"):
        assert_problem(admin.post(each.path, content=content, headers=headers), 400)


@every_resource
def test_other_content_types(admin: Client, each: Resource) -> None:
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        answer = admin.post(each.path, content="name=value", headers={"Content-Type": kind})
        assert_problem(answer, 415)


@every_resource
def test_huge_bodies(admin: Client, each: Resource) -> None:
    body = {each.fields[0].name: "x" * 5_000_000}
    assert_problem(admin.post(each.path, json=body), 413)


@every_resource
def test_hostile_queries(owner: Client, each: Resource) -> None:
    for query in (
        "q=%00",
        "q=" + "x" * 3_000,
        "q[$ne]=1",
        "q=1&q=2",
        "q=%F0%9F%A6%8A%E2%80%AE",
        "page=1e308",
        "pageSize=NaN",
        "sort=constructor",
        "sort=__proto__",
        "__proto__[admin]=1",
        "noSuchFilter=1",
        "q=%E0%A4%A",
    ):
        answer = owner.get(f"{each.path}?{query}")
        assert answer.status_code in {200, 400, 414, 422}, (query, answer.text)
        if answer.status_code != 200:
            assert_problem(answer, answer.status_code)


@every_resource
def test_hostile_ids(owner: Client, each: Resource) -> None:
    for identifier in (
        "%00",
        "%E0%A4%A",
        "..%2f..%2fetc%2fpasswd",
        "-1",
        "x" * 3_000,
        "%F0%9F%A6%8A",
    ):
        answer = owner.get(f"{each.path}/{identifier}")
        assert answer.status_code in {400, 404, 414, 422}, (identifier, answer.text)
        assert_problem(answer, answer.status_code)


@every_resource
def test_hostile_members(admin: Client, each: Resource) -> None:
    headers = {"Content-Type": "application/json"}
    for content in (
        '{"__proto__": {"role": "admin"}}',
        '{"constructor": {"prototype": {}}}',
        '{"toString": 1}',
        '{"ownerId": "someone-else", "a\\u0000b": 1}',
        '{"a": 1e999}',
        "[" * 50_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
    ):
        answer = admin.post(each.path, content=content, headers=headers)
        assert_problem(answer, answer.status_code)
        assert answer.status_code in {400, 413, 422}, content[:60]


def test_errors_tell_nothing_about_the_inside(anonymous: Client) -> None:
    for path in ("/api/%E0%A4%A", "/api/no-such-thing", "/assets/%2e%2e/package.json"):
        text = anonymous.get(path).text
        assert "node_modules" not in text
        assert str(ROOT) not in text
        assert "\\n    at " not in text
