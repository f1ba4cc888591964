"""Accounts and sessions."""

import httpx
import pytest

from harness.client import PASSWORD, Client, fresh_email
from harness.problems import assert_invalid, assert_problem
from harness.server import Server


def registration(**overrides: object) -> dict[str, object]:
    return {"email": fresh_email(), "password": PASSWORD, "name": "Ada"} | overrides


def session_cookie(client: Client) -> str:
    """Gives the one cookie that a session has, as a Cookie header carries it."""
    (cookie,) = client.cookies.jar
    return f"{cookie.name}={cookie.value}"


def refresh_with(client: Client, cookie: str) -> httpx.Response:
    """Refreshes with a given cookie instead of the client's own."""
    client.cookies.clear()
    return client.post("/api/auth/refresh", headers={"Cookie": cookie})


def test_register_signs_in(client: Client) -> None:
    body = registration()
    answer = client.post("/api/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    user = answer.json()["user"]
    assert (user["email"], user["name"]) == (body["email"], body["name"])
    assert "password" not in answer.text.lower()
    token = answer.json()["accessToken"]
    me = client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert me.status_code == 200
    assert user["id"] in me.text


def test_nobody_registers_as_an_administrator(client: Client) -> None:
    answer = client.post("/api/auth/register", json=registration(role="admin"))
    assert answer.status_code in {201, 422}
    if answer.status_code == 201:
        assert answer.json()["user"]["role"].lower() != "admin"


def test_an_address_registers_once(client: Client) -> None:
    body = registration()
    assert client.post("/api/auth/register", json=body).status_code == 201
    assert_problem(client.post("/api/auth/register", json=body), 409)
    shouted = body | {"email": str(body["email"]).upper()}
    assert_problem(client.post("/api/auth/register", json=shouted), 409)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("email", "nobody"),
        ("email", None),
        ("email", ["a@example.com"]),
        ("email", "a\x00@example.com"),
        ("password", "short"),
        ("password", 12345678901),
        ("password", "x" * 5_000),
        ("name", ""),
        ("name", {}),
        ("name", "a\x00b"),
        ("name", "x" * 5_000),
    ],
)
def test_registration_is_checked(client: Client, member: str, value: object) -> None:
    answer = client.post("/api/auth/register", json=registration(**{member: value}))
    assert_invalid(answer, member)


def test_login(client: Client) -> None:
    email = client.register().user["email"]
    answer = client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == client.user["id"]
    assert answer.json()["accessToken"]


def test_login_tells_strangers_nothing(client: Client) -> None:
    email = client.register().user["email"]
    wrong = client.post("/api/auth/login", json={"email": email, "password": "not the password"})
    unknown = client.post(
        "/api/auth/login", json={"email": fresh_email(), "password": "not the password"}
    )
    assert assert_problem(wrong, 401).get("detail") == assert_problem(unknown, 401).get("detail")


def test_the_refresh_cookie_is_out_of_reach_for_scripts(client: Client) -> None:
    answer = client.post("/api/auth/register", json=registration())
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/api/" in cookie


def test_refresh_rotates_the_cookie(client: Client) -> None:
    client.register()
    before = session_cookie(client)
    answer = client.post("/api/auth/refresh")
    assert answer.status_code == 200, answer.text
    assert session_cookie(client) != before
    token = answer.json()["accessToken"]
    me = client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert me.status_code == 200


def test_a_reused_refresh_token_ends_the_session(client: Client) -> None:
    client.register()
    stolen = session_cookie(client)
    assert client.post("/api/auth/refresh").status_code == 200
    current = session_cookie(client)
    assert_problem(refresh_with(client, stolen), 401)
    assert_problem(refresh_with(client, current), 401)


def test_refresh_without_a_session(client: Client) -> None:
    assert_problem(client.post("/api/auth/refresh"), 401)


def test_logout_ends_the_session(client: Client) -> None:
    client.register()
    before = session_cookie(client)
    assert client.post("/api/auth/logout").status_code == 204
    assert_problem(refresh_with(client, before), 401)


def test_logout_without_a_session_is_fine(client: Client) -> None:
    assert client.post("/api/auth/logout").status_code == 204


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer nonsense",
        "Basic dXNlcjpwYXNz",
        # {"alg":"none"}, signed by nobody
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    ],
)
def test_bad_tokens_are_refused(client: Client, authorization: str) -> None:
    headers = {"Authorization": authorization}
    assert_problem(client.get("/api/auth/me", headers=headers), 401)


def test_me_needs_a_session(client: Client) -> None:
    assert_problem(client.get("/api/auth/me"), 401)


def test_a_changed_token_is_refused(client: Client) -> None:
    client.register()
    head, payload, signature = client.headers["Authorization"].split(".")
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
    forged = f"{head}.{payload}.{flipped}"
    assert_problem(client.get("/api/auth/me", headers={"Authorization": forged}), 401)


def test_the_administrator_is_one(server: Server, client: Client) -> None:
    client.login(server.admin_email, server.admin_password)
    assert client.user["role"].lower() == "admin"
