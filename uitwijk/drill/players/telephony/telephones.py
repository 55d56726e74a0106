"""The telephones of all municipalities in all buildings, and who is logged in at which."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from uitwijk.continuity.region import Region
from uitwijk.drill.players.telephony.call_servers import CallServers
from uitwijk.drill.players.telephony.desks import Account, Desk, accounts
from uitwijk.drill.players.telephony.logins import PATIENCE_SECONDS, Login, Logins
from uitwijk.drill.players.telephony.sipp import FIRST_REPLY_SECONDS, Playing, Sipp

_AGAIN_SECONDS = 30.0
"""How often every telephone logs in again."""


@dataclass(frozen=True)
class Ring:
    """A call that a telephone was offered."""

    at: datetime
    """UTC, RFC 3339."""
    desk: Desk
    number: str
    call_id: str


class Telephones:
    """Telephones that are answered by whoever sits there.

    Args:
        sipp: plays them.
        region: the region.
        servers: where they log in.
        secrets: the secret of each number block (by its key) at each site, as the call servers there have it.
            Looked at anew with every login: after a site was built anew, its secrets are others.
    """

    def __init__(
        self, sipp: Sipp, region: Region, servers: CallServers, secrets: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._sipp = sipp
        self._region = region
        self._servers = servers
        self._logins = Logins(sipp, servers, secrets)
        self._playing: dict[Desk, Playing] = {}
        self._past: list[Ring] = []
        self._accounts: tuple[Account, ...] = ()
        self._closed: set[str] = set()
        self._refused: tuple[str, ...] = ()
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="telephones", daemon=True)

    def open(self) -> None:
        """From now on telephones log in again and again."""
        self._thread.start()

    def close(self) -> None:
        """All telephones are gone."""
        self._ended.set()
        self._thread.join()
        with self._lock:
            for playing in self._playing.values():
                playing.close()
            self._playing.clear()

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Which number is to be logged in at which telephone, that of closed buildings left out."""
        return tuple(account for account in self._accounts if account.desk.building not in self._closed)

    @property
    def placed(self) -> tuple[Account, ...]:
        """The same with those of closed buildings, whose people have not sat down elsewhere yet."""
        return self._accounts

    @property
    def first(self) -> Mapping[str, Account]:
        """The first account of each municipality that has any, those of closed buildings among them."""
        found: dict[str, Account] = {}
        for account in self.placed:
            found.setdefault(account.desk.municipality, account)
        return found

    @property
    def closed(self) -> frozenset[str]:
        """The closed buildings."""
        return frozenset(self._closed)

    @property
    def refused(self) -> tuple[str, ...]:
        """A sentence for each login that a call server refused the last time, and each telephone that is gone."""
        with self._lock:
            gone = (
                f"the telephone of {desk} is gone: {playing.words}"
                for desk, playing in self._playing.items()
                if playing.process.poll() is not None
            )
            return (*self._refused, *gone)

    def sit(self, numbers: Mapping[str, Mapping[str, Any]]) -> tuple[Login, ...]:
        """People sit where the placement says: they log out where they were, and in where they are.

        Args:
            numbers: `Placement.to_dict()["numbers"]`.

        Raises:
            UitwijkError: a telephone's port is taken, or a block has fewer numbers than buildings.
        """
        with self._lock:
            before, self._accounts = self.accounts, accounts(self._region, numbers)
            self._logins.log_out(set(before) - set(self.accounts))
            return self._stand_and_register()

    def register(self, patience_seconds: float = PATIENCE_SECONDS) -> tuple[Login, ...]:
        """Every telephone logs in at the call servers of all sites, now.

        Args:
            patience_seconds: how long each waits for an answer.

        Returns:
            What came of each login.
        """
        with self._lock:
            logins = self._logins.log_in(self.accounts, patience_seconds)
            self._refused = tuple(login.sentence for login in logins if login.outcome == "refused")
            return logins

    def building_closed(self, building: str) -> None:
        """The telephones of a building die without a word to anybody."""
        with self._lock:
            self._closed.add(building)
            self._remove(desk for desk in self._playing if desk.building == building)

    def building_opened(self, building: str) -> None:
        """The telephones of a building work again, and log in."""
        with self._lock:
            self._closed.discard(building)
            self._stand_and_register()

    def rings(self) -> list[Ring]:
        """Every call that any telephone was offered so far."""
        with self._lock:
            return [*self._past, *(ring for desk in self._playing for ring in self._rings(desk))]

    def _stand_and_register(self) -> tuple[Login, ...]:
        wanted = dict.fromkeys(account.desk for account in self.accounts)
        gone = [desk for desk, playing in self._playing.items() if playing.process.poll() is not None]
        self._remove(gone)
        for desk, playing in self._playing.items():
            if desk not in wanted:
                playing.retire()
        for desk in wanted:
            if desk not in self._playing or self._playing[desk].retired:
                self._remove([desk] if desk in self._playing else [])
                who = f"{desk.municipality} {desk.building}"
                self._playing[desk] = self._sipp.listen("telephone", self._servers.telephone(desk), name=who)
        return self.register()

    def _remove(self, desks: Iterable[Desk]) -> None:
        for desk in list(desks):
            self._past += self._rings(desk)
            self._playing.pop(desk).close()

    def _rings(self, desk: Desk) -> list[Ring]:
        events = self._playing[desk].events
        return [Ring(event.at, desk, event.detail, event.call_id) for event in events if event.what == "rings"]

    def _go_on(self) -> None:
        while not self._ended.wait(_AGAIN_SECONDS):
            # Who gets no answer now tries again soon, and nobody who wants to sit down has to wait for it.
            self.register(FIRST_REPLY_SECONDS)
