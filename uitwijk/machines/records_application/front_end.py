"""Passes records on to who keeps them, when all else that the machine needs works."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uitwijk.machines.records_application.application import Answer, Application, Request


class FrontEnd:
    """Keeps nothing itself."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def answer(self, request: Request) -> Answer:
        """What the keeper says."""
        known = self._application.known
        self._application.need([hosts for hosts in known["needs"] if known["keeper"] not in hosts])
        return self._application.ask([known["keeper"]], request.method, f"/records/{request.path}", request.body)
