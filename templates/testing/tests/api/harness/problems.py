"""Checks of error answers (RFC 9457)."""

from __future__ import annotations

from typing import Any

import httpx


def assert_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Asserts that an answer is a problem document of this status and returns it."""
    assert answer.status_code == status, f"{answer.request.method} {answer.url}: {answer.text}"
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    return problem


def assert_invalid(answer: httpx.Response, path: str) -> None:
    """Asserts a 422 that points at the given member of the body or query."""
    problem = assert_problem(answer, 422)
    errors = problem["errors"]
    assert all(error["message"] for error in errors)
    assert path in [error["path"] for error in errors], errors
