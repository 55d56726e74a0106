"""Calls from inside to the outside: 112 from every building, and others, which tell nobody where the caller is."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from continuity.errors import UitwijkError
from continuity.region import Region
from uitwijk.players.telephony.call_servers import CallServer, CallServers
from uitwijk.players.telephony.carrier import ANSWER_SECONDS, Call, Carrier, called, followed, worth_another
from uitwijk.players.telephony.desks import Account, Desk
from uitwijk.players.telephony.sipp import FIRST_REPLY_SECONDS, Sipp, credentials
from uitwijk.players.telephony.telephones import Telephones

EMERGENCY = "112"
OUTSIDE = "+99900000000"
"""A number that nobody has: ITU keeps country code 999 in reserve."""
_SIDE_BY_SIDE = 4


class OutsideCalls:
    """Whoever calls out from a building."""

    def __init__(
        self,
        sipp: Sipp,
        region: Region,
        servers: CallServers,
        secrets: Mapping[str, Mapping[str, str]],
        telephones: Telephones,
        carrier: Carrier,
    ) -> None:
        self._sipp = sipp
        self._region = region
        self._servers = servers
        self._secrets = secrets
        self._telephones = telephones
        self._carrier = carrier

    def caller(self, building: str) -> Account:
        """Who calls out from a building: its own municipality, who else sits there, or a visiting colleague.

        Raises:
            UitwijkError: nobody is logged in anywhere.
        """
        here = [account for account in self._telephones.accounts if account.desk.building == building]
        own = [a for a in here if self._region.municipalities[a.desk.municipality].town_hall == building]
        for account in (*own, *here):
            return account
        for visitor in self._telephones.accounts:
            return replace(visitor, desk=Desk(visitor.desk.municipality, building))
        raise UitwijkError(
            f"{building}: nobody in the region is logged in at a telephone, who could call 112 from there"
        )

    def call(self, building: str, number: str) -> Call:
        """Somebody in a building calls a number outside, through the call servers of all sites, home site first."""
        account = self.caller(building)
        call = called(number)
        for server in self._servers.of[account.desk.municipality]:
            if worth_another(call) and server.site in self._secrets:
                call = self._through(server, account, call)
        return self._with_location(call)

    def all(self, numbers: tuple[str, ...] = (EMERGENCY, OUTSIDE)) -> list[tuple[str, Call]]:
        """The same from every building that is open, as building and call, each number in turn."""
        open_buildings = [b for b in self._region.buildings if b not in self._telephones.closed]
        work = [(building, number) for building in open_buildings for number in numbers]
        with ThreadPoolExecutor(_SIDE_BY_SIDE, "outside-calls") as pool:
            return list(zip((b for b, _ in work), pool.map(lambda item: self.call(*item), work), strict=True))

    def _through(self, server: CallServer, account: Account, call: Call) -> Call:
        address = self._servers.address(server, account.desk)
        if address is None:
            return replace(call, via=server.name)
        password = account.password(self._secrets[server.site][account.block])
        playing = self._sipp.call(
            "call",
            self._servers.telephone(account.desk),
            address,
            [(call.number, account.number, credentials(account.number, password))],
            authenticates=True,
            ringing=round(ANSWER_SECONDS * 1000),
        )
        with contextlib.closing(playing):
            playing.wait(2 * FIRST_REPLY_SECONDS + ANSWER_SECONDS + 5)
            return followed(call, playing.call_id(0), server.name, playing.events)

    def _with_location(self, call: Call) -> Call:
        for call_id in reversed(call.call_ids):
            if reached := self._carrier.reached(call_id):
                return replace(call, location=reached.location, fault=reached.fault)
        return call
