"""Telephones log in and out at the call servers of every site."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from uitwijk.drill.players.telephony.call_servers import CallServer, CallServers
from uitwijk.drill.players.telephony.desks import Account, Desk
from uitwijk.drill.players.telephony.sipp import FIRST_REPLY_SECONDS, Sipp, credentials

LOGGED_IN_SECONDS = 120
"""How long a telephone stays logged in that says no more."""
PATIENCE_SECONDS = 3.0
"""How long a telephone waits for an answer to its login, asking again and again: nobody calls it before that."""
_SIDE_BY_SIDE = 16


@dataclass(frozen=True)
class Login:
    """What came of a telephone's login at one call server."""

    number: str
    desk: Desk
    site: str
    server: str
    outcome: str
    """done, refused or silent."""

    @property
    def sentence(self) -> str:
        """For people."""
        words = {
            "done": "is logged in",
            "refused": "was refused the login",
            "silent": "got no answer to its login",
        }[self.outcome]
        return f"the telephone of {self.desk} {words} with {self.number} at {self.server}"


class Logins:
    """Logs telephones in and out, as many side by side as is cheap.

    Args:
        sipp: plays it.
        servers: where.
        secrets: by site, by key of the number block.
    """

    def __init__(self, sipp: Sipp, servers: CallServers, secrets: Mapping[str, Mapping[str, str]]) -> None:
        self._sipp = sipp
        self._servers = servers
        self._secrets = secrets

    def log_in(self, accounts: Collection[Account], patience_seconds: float) -> tuple[Login, ...]:
        """What came of each account's login at each call server of its municipality, given so long to answer."""
        return self._all(accounts, LOGGED_IN_SECONDS, patience_seconds)

    def log_out(self, accounts: Collection[Account]) -> None:
        """A call server that does not answer forgets them by itself."""
        self._all(accounts, 0, FIRST_REPLY_SECONDS)

    def _all(self, accounts: Collection[Account], seconds: int, patience: float) -> tuple[Login, ...]:
        work = [
            (server, mine)
            for municipality, servers in self._servers.of.items()
            if (mine := sorted(account for account in accounts if account.desk.municipality == municipality))
            for server in servers
            if server.site in self._secrets
        ]
        with ThreadPoolExecutor(_SIDE_BY_SIDE, "logins") as pool:
            found = pool.map(lambda item: self._at(item[0], item[1], seconds, patience), work)
            return tuple(login for logins in found for login in logins)

    def _at(self, server: CallServer, accounts: Sequence[Account], seconds: int, patience: float) -> list[Login]:
        address = self._servers.address(server, accounts[0].desk)
        outcomes: dict[int, str | None] = {}
        if address is not None:
            rows = [
                (
                    self._servers.telephone(account.desk),
                    account.number,
                    credentials(account.number, account.password(self._secrets[server.site][account.block])),
                    str(seconds),
                )
                for account in accounts
            ]
            playing = self._sipp.call(
                "login", rows[0][0], address, rows, each_from_its_own=True, patience=round(patience * 1000)
            )
            with contextlib.closing(playing):
                playing.wait(3 * patience + len(rows) / 50)
                events = {event.call_id: event.what for event in playing.events}
            outcomes = {row: events.get(playing.call_id(row)) for row in range(len(rows))}
        return [
            Login(account.number, account.desk, server.site, server.name, outcomes.get(row) or "silent")
            for row, account in enumerate(accounts)
        ]
