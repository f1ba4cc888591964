"""An HTTP client that knows who it speaks for."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import httpx

PASSWORD = "correct horse battery staple"

# Accounts outlive a run when API_URL names a server that is already there.
_RUN = uuid.uuid4().hex[:8]
_serial = itertools.count(1)


def fresh_email() -> str:
    """Makes an address that no account has yet."""
    return f"user-{next(_serial)}-{_RUN}@example.com"


class Client(httpx.Client):
    """A client of the API: anonymous at first, then the user who registers or signs in with it."""

    def __init__(self, url: str) -> None:
        # Plain HTTP on this machine needs neither a proxy nor a TLS context (0.1 s a client).
        super().__init__(base_url=url, trust_env=False, verify=False, timeout=30)
        self.user: dict[str, Any] = {}

    def register(self, name: str = "Test user") -> Client:
        """Creates an account and signs in with it."""
        answer = self.post(
            "/api/auth/register",
            json={"email": fresh_email(), "password": PASSWORD, "name": name},
        )
        assert answer.status_code == 201, answer.text
        return self._signed_in(answer)

    def login(self, email: str, password: str = PASSWORD) -> Client:
        """Signs in with an account that exists."""
        answer = self.post("/api/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        return self._signed_in(answer)

    def _signed_in(self, answer: httpx.Response) -> Client:
        body = answer.json()
        self.user = body["user"]
        self.headers["Authorization"] = f"Bearer {body['accessToken']}"
        return self
