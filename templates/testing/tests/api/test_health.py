"""The server says that it is well."""

from harness.client import Client


def test_health(anonymous: Client) -> None:
    answer = anonymous.get("/api/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_security_headers(anonymous: Client) -> None:
    headers = anonymous.get("/api/health").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in headers
    assert "x-powered-by" not in headers


def test_documentation_page(anonymous: Client) -> None:
    answer = anonymous.get("/api/docs", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
