"""One HTTP request of somebody in the region or outside: where from, where to, and what came of it."""

from __future__ import annotations

import base64
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from uitwijk.drill.players.resolver import Resolver

PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Login:
    """A name and a password."""

    name: str
    password: str = field(repr=False)

    @property
    def header(self) -> str:
        """HTTP Basic authentication (RFC 7617)."""
        return f"Basic {base64.b64encode(f'{self.name}:{self.password}'.encode()).decode()}"


@dataclass(frozen=True)
class Reply:
    """What came of a request."""

    host: str
    """Who was asked, fully qualified."""
    status: int | None
    """None: nobody answered."""
    said: Mapping[str, Any]
    """The JSON object that was answered; empty if it was none."""
    seconds: float
    trouble: str | None = None
    """Why nobody answered."""

    @property
    def why(self) -> str | None:
        """Why it was of no use; None: it was."""
        if self.status in (200, 201):
            return None
        if self.status is None:
            return self.trouble
        return str(self.said.get("error") or f"{self.host} answers with status {self.status}")

    def silent(self, host: str) -> bool:
        """Whether `host` itself was not reached, by us or by whoever asked it for us."""
        return self.why in (silence(host), nameless(host))


def silence(host: str) -> str:
    """The words, here and in the region's machines, for a host that does not answer."""
    return f"{host} does not answer"


def nameless(host: str) -> str:
    """The words for a name that leads nowhere."""
    return f"no name server tells the address of {host}"


def request(
    method: str,
    host: str,
    port: int,
    path: str,
    *,
    resolver: Resolver,
    source: str,
    login: Login | None = None,
    body: Mapping[str, Any] | None = None,
) -> Reply:
    """Resolves a name and asks what listens there.

    Args:
        host: fully qualified name.
        resolver: tells its address.
        source: the address to ask from.
        body: sent as JSON.
    """
    begun = time.monotonic()
    address = resolver.address(host)
    if address is None:
        return Reply(host, None, {}, time.monotonic() - begun, nameless(host))
    headers = {"Host": f"{host}:{port}", "Connection": "close"}
    if login is not None:
        headers["Authorization"] = login.header
    if body is not None:
        headers["Content-Type"] = "application/json"
    connection = http.client.HTTPConnection(address, port, timeout=PATIENCE_SECONDS, source_address=(source, 0))
    try:
        connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
        response = connection.getresponse()
        status, content = response.status, response.read()
    except (OSError, http.client.HTTPException):
        return Reply(host, None, {}, time.monotonic() - begun, silence(host))
    finally:
        connection.close()
    return Reply(host, status, _object(content), time.monotonic() - begun)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(content)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
