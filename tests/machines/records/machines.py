"""Machines with the application that those have that stand at one site at a time, on addresses of loopback."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from uitwijk.machines.records import without_comments

DATABASE, APPLICATION, BUS, PROFILES, SESSION_HOST, BROKER, COUNTER, SEAT, STRANGER = (
    f"127.77.0.{host}" for host in range(1, 10)
)
PATIENCE_SECONDS = 20
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"clerk:right").decode()}

Asked = tuple[int, Any]


class Region:
    """Machines of a region that share a port, and have addresses for names."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        with socket.socket() as free:
            free.bind((DATABASE, 0))
            self.port: int = free.getsockname()[1]

    def configure(self, address: str, parts: dict[str, str] | None = None, **more: Any) -> list[str]:
        """The command that starts a machine's application."""
        about = {"name": address, "organisation": "kolkwijde", "service": "any", "role": "any", "site": "veldoord"}
        known = {
            "about": about,
            "address": address,
            "port": self.port,
            "allowed": ["127.77.0.0/29", f"{SEAT}/32"],
            "needs": [],
            "parts": parts or {},
            **more,
        }
        folder = self._folder / address
        folder.mkdir(exist_ok=True)
        for module in ("application", *known["parts"].values()):
            (folder / f"{module}.py").write_text(without_comments(module), encoding="utf-8")
        (folder / "records.json").write_text(json.dumps(known), encoding="utf-8")
        return [str(folder / "application.py"), str(folder / "records.json")]

    def start(
        self, address: str, parts: dict[str, str] | None = None, *, python: list[str] | None = None, **more: Any
    ) -> subprocess.Popen[bytes]:
        """Starts a machine, and waits until it listens."""
        command = [*(python or [sys.executable]), *self.configure(address, parts, **more)]
        process = subprocess.Popen(command)
        self._stack.callback(stop, process)
        self._await(address, process)
        return process

    def _await(self, address: str, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with socket.socket() as tried:
                if tried.connect_ex((address, self.port)) == 0:
                    return
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
                break
        raise AssertionError(f"{address} does not listen")

    def ask(
        self,
        host: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        source: str = SEAT,
        headers: dict[str, str] | None = None,
    ) -> Asked:
        """Status, and what the JSON says."""
        connection = http.client.HTTPConnection(host, self.port, PATIENCE_SECONDS, source_address=(source, 0))
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, sent, headers or {})
            response = connection.getresponse()
            assert response.getheader("Content-Type") == "application/json"
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def store(self, address: str) -> Path:
        """A folder for a machine's records."""
        folder = self._folder / f"records of {address}"
        folder.mkdir(exist_ok=True)
        return folder


def stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def store(region: Region, address: str = DATABASE) -> subprocess.Popen[bytes]:
    return region.start(address, {"records": "store"}, store=str(region.store(address)))


def front_end(region: Region, *needs: str, **more: Any) -> subprocess.Popen[bytes]:
    needed = [[DATABASE], *([need] for need in needs)]
    return region.start(APPLICATION, {"records": "front_end"}, keeper=DATABASE, needs=needed, **more)
