"""Calls from inside to the outside: 112 from every building, and others, which tell nobody where the caller is."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.drill.players.telephony.call_servers import CallServer, CallServers
from uitwijk.drill.players.telephony.carrier import ANSWER_SECONDS, Call, Carrier, called, followed, worth_another
from uitwijk.drill.players.telephony.desks import Account, Desk
from uitwijk.drill.players.telephony.sipp import FIRST_REPLY_SECONDS, PORT, Sipp, credentials
from uitwijk.drill.players.telephony.telephones import Telephones

EMERGENCY = "112"
FORMS = {
    EMERGENCY: ("sip:112@{server}", 1),
    "tel:112": ("tel:112", 1),
    "urn:service:sos": ("urn:service:sos", 1),
    "112 with a large body": ("sip:112@{server}", 9_000),
}
"""What a telephone may ask for when somebody calls 112, and how many bytes it has to tell besides: all of them must
carry the location. The words stand for the number in the evidence."""
OUTSIDE = "+99900000000"
"""A number that nobody has: ITU keeps country code 999 in reserve."""
_SIDE_BY_SIDE = 12


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

    def calls(self, building: str, *numbers: str) -> list[Call]:
        """Somebody in a building calls numbers outside, through the call servers of all sites, home site first."""
        return self._located(self._calls(building, *numbers))

    def all(self) -> list[tuple[Desk, Call]]:
        """112 in each form, and another number, from every building that is open, with the telephone that called.

        None at all while nobody is logged in anywhere.
        """
        anybody, closed = bool(self._telephones.accounts), self._telephones.closed
        buildings = [building for building in self._region.buildings if anybody and building not in closed]
        with ThreadPoolExecutor(_SIDE_BY_SIDE, "outside-calls") as pool:
            found = list(pool.map(lambda building: self._calls(building, *FORMS, OUTSIDE), buildings))
        callers = [self.caller(b).desk for b, calls in zip(buildings, found, strict=True) for _ in calls]
        return list(zip(callers, self._located([call for calls in found for call in calls]), strict=True))

    def _calls(self, building: str, *numbers: str) -> list[Call]:
        account = self.caller(building)
        calls = [called(number) for number in numbers]
        for server in self._servers.of[account.desk.municipality]:
            again = [index for index, call in enumerate(calls) if worth_another(call)]
            if again and server.site in self._secrets:
                tried = self._through(server, account, [calls[index] for index in again])
                for index, call in zip(again, tried, strict=True):
                    calls[index] = call
        return calls

    def _through(self, server: CallServer, account: Account, calls: Sequence[Call]) -> list[Call]:
        """The calls through one call server; 112 without saying who calls, as from a telephone at which nobody sits."""
        address = self._servers.address(server, account.desk)
        if address is None:
            return [replace(call, via=server.name) for call in calls]
        own = credentials(account.number, account.password(self._secrets[server.site][account.block]))
        made = list(calls)
        for scenario, places in (
            ("help", [place for place, call in enumerate(calls) if call.number in FORMS]),
            ("call", [place for place, call in enumerate(calls) if call.number not in FORMS]),
        ):
            if not places:
                continue
            numbers = [calls[place].number for place in places]
            playing = self._sipp.call(
                scenario,
                self._servers.telephone(account.desk),
                address,
                [
                    (EMERGENCY, account.number, *_form(number, address))
                    if number in FORMS
                    else (number, account.number, own)
                    for number in numbers
                ],
                authenticates=True,
                ringing=round(ANSWER_SECONDS * 1000),
            )
            with contextlib.closing(playing):
                playing.wait(2 * FIRST_REPLY_SECONDS + ANSWER_SECONDS + 5)
                events = playing.events
            for row, place in enumerate(places):
                made[place] = followed(calls[place], playing.call_id(row), server.name, events)
        return made

    def _located(self, calls: Sequence[Call]) -> list[Call]:
        reached = self._carrier.reached({call_id for call in calls for call_id in call.call_ids})
        located = []
        for call in calls:
            arrived = [reached[call_id] for call_id in call.call_ids if call_id in reached]
            last = arrived[-1] if arrived else None
            located.append(replace(call, location=last.location, fault=last.fault) if last else call)
        return located


def _form(number: str, address: str) -> tuple[str, str]:
    """What is asked for at a server, and what makes the call that large."""
    uri, size = FORMS[number]
    return uri.format(server=f"{address}:{PORT}"), "0" * size
