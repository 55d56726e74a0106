"""Asks for a clerk, once it is known who that is: from this machine's address, as everything that a clerk uses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uitwijk.machines.records_application.application import Answer, Application, Request

NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


class SessionHost:
    """Accounts are records of the organisation's profiles: salt, and SHA-256 of salt and password."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def answer(self, request: Request) -> Answer:
        """What the host says that the path begins with."""
        self._log_in(request.login)
        host, _, path = request.path.partition("/")
        # As who is asked will read it.
        path = path.lstrip("/")
        if not NAME.fullmatch(host):
            self._application.refuse(400, "a session is with a host: /session/HOST/PATH")
        if path.startswith("records/account-"):
            self._application.refuse(403, "accounts are no clerk's business")
        return self._application.ask([host], request.method, f"/{path}", request.body)

    def _log_in(self, login: str) -> None:
        kind, _, code = login.partition(" ")
        try:
            name, _, password = base64.b64decode(code, validate=True).decode().partition(":")
        except ValueError:
            name = password = ""
        if kind.lower() != "basic" or not NAME.fullmatch(name):
            self._application.refuse(401, "log in with name and password")
        accounts = self._application.known["accounts"]
        status, content = self._application.ask([accounts], "GET", f"/records/account-{name}")
        if status not in (200, 404):
            self._application.refuse(503, f"{accounts} does not answer", why=f"status {status}")
        account = json.loads(content)
        digest = hashlib.sha256(f"{account.get('salt')}{password}".encode()).hexdigest()
        if not hmac.compare_digest(digest, str(account.get("sha256"))):
            self._application.refuse(401, "no such name and password")
