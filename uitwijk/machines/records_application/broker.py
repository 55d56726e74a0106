"""Hands each client to a session host: the same one as long as that answers."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uitwijk.machines.records_application.application import Answer, Application, Request


class Broker:
    """Knows nobody; the session host asks who it is."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def answer(self, request: Request) -> Answer:
        """What the session host says."""
        hosts = self._application.known["sessions"]
        first = zlib.crc32(request.client.encode()) % len(hosts)
        order = [*hosts[first:], *hosts[:first]]
        return self._application.ask(order, request.method, f"/session/{request.path}", request.body, request.login)
