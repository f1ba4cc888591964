"""Starts the built server for one test run, on a free port and with a database of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[3]
ENTRY = ROOT / "backend" / "dist" / "server.js"
START_TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    """A server under test, and an administrator's credentials for it."""

    url: str
    admin_email: str
    admin_password: str


@contextmanager
def running_server() -> Iterator[Server]:
    """Yields the server named by API_URL, or else starts the built one and stops it afterwards."""
    admin_email = os.environ.get("ADMIN_EMAIL", "admin@example.com")
    admin_password = os.environ.get("ADMIN_PASSWORD", "correct horse battery staple")
    if url := os.environ.get("API_URL"):
        yield Server(url.rstrip("/"), admin_email, admin_password)
        return
    if not ENTRY.exists():
        raise RuntimeError(f"{ENTRY} is missing: run `npm run build` first")
    with tempfile.TemporaryDirectory(prefix="api-tests-") as directory:
        server = Server(f"http://127.0.0.1:{_free_port()}", admin_email, admin_password)
        log = Path(directory) / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [os.environ.get("NODE", "node"), str(ENTRY)],
                cwd=ROOT,
                env=_environment(server, Path(directory)),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_until_healthy(server, process, log)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment(server: Server, directory: Path) -> dict[str, str]:
    """Builds the server's settings; none of the caller's own may leak in from a .env file."""
    return os.environ | {
        "NODE_ENV": "test",
        "HOST": "127.0.0.1",
        "PORT": server.url.rpartition(":")[2],
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", f"file:{directory / 'test.db'}"),
        "JWT_SECRET": "a secret that is only ever used by the API tests",
        "ADMIN_EMAIL": server.admin_email,
        "ADMIN_PASSWORD": server.admin_password,
        "RATE_LIMIT_API": "0",
        "RATE_LIMIT_AUTH": "0",
        "RATE_LIMIT_LOGIN": "0",
        "COOKIE_SECURE": "false",
        "LOG_LEVEL": "warn",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{server.url}/api/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")
