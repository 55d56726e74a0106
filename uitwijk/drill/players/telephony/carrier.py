"""The carrier: the far end of calls to the outside, 112 among them, and everybody who calls from outside."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from uitwijk import utc
from uitwijk.continuity.recipe import Serves
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Standing
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.outside import CARRIER
from uitwijk.drill.players.resolver import Resolver, name_servers
from uitwijk.drill.players.telephony.desks import Desk
from uitwijk.drill.players.telephony.events import Event
from uitwijk.drill.players.telephony.location import location
from uitwijk.drill.players.telephony.sipp import FIRST_REPLY_SECONDS, Playing, Sipp

ANSWER_SECONDS = 4.0
"""How long a caller lets it ring."""
RANG_IN_VAIN = 408
"""The code of a call that nobody took within that time; SIP's own is the same."""
CITIZEN = "anonymous"
"""From whom calls from outside come."""
CONTROL_ROOM = Desk("carrier", "control-room")
"""Who answers calls to the outside."""
_SILENT_SECONDS = 10.0
"""How long a border controller that did not reply is tried last."""


@dataclass(frozen=True)
class Call:
    """A call, and what came of it."""

    number: str
    at: datetime
    """When it began."""
    began: float
    """The same on the clock of `time.monotonic`."""
    call_ids: tuple[str, ...] = ()
    """SIP's names of it, one for each exchange that was tried."""
    code: int | None = None
    """SIP's final answer; None: no reply at all."""
    answered_by: Desk | None = None
    via: str | None = None
    """Name of the border controller, or of the call server, that was tried last."""
    seconds: float | None = None
    """From the first attempt to the answer."""
    location: str | None = None
    """What the control room was told of where the caller is."""
    fault: str | None = None
    """Why the location could not be used."""

    @property
    def answered(self) -> bool:
        """Whether somebody answered."""
        return self.code == 200


@dataclass(frozen=True)
class Reached:
    """A call to the outside, as it arrived at the carrier."""

    call_id: str
    number: str
    caller: str
    location: str | None
    fault: str | None


def called(number: str) -> Call:
    """A call that begins now."""
    return Call(number, utc.now(), time.monotonic())


def followed(call: Call, call_id: str, via: str, events: Sequence[Event]) -> Call:
    """The call after one exchange was tried."""
    first = not call.call_ids
    call = replace(call, via=via, call_ids=(*call.call_ids, call_id))
    for event in events:
        if event.call_id != call_id:
            continue
        if event.what == "calls" and first:
            # Starting sipp takes a while, too; nobody has dialled before this.
            call = replace(call, at=event.at, began=event.monotonic)
        if event.what == "answered":
            municipality, _, building = event.detail.partition(" ")
            desk = Desk(municipality, building)
            return replace(call, code=200, answered_by=desk, seconds=round(event.monotonic - call.began, 3))
        if event.what == "refused":
            call = replace(call, code=int(event.detail))
        if event.what == "unanswered":
            call = replace(call, code=RANG_IN_VAIN)
    return call


def worth_another(call: Call) -> bool:
    """Whether another exchange may do better: this one is silent, or says that it cannot."""
    return not call.answered and (call.code is None or call.code >= 500)


class Carrier:
    """Carries calls both ways; it knows the region's border controllers by name, those of all sites.

    Args:
        sipp: plays it.
        region: the region.
        loopback: where the region is on this computer.
        password: that of the border controllers.
    """

    def __init__(self, sipp: Sipp, region: Region, loopback: Loopback, password: str) -> None:
        border = dict.fromkeys(key for municipality in region.municipalities for key in region.trunks(municipality))
        names = {
            key: tuple(
                Standing(region, site, machine).name
                for site in region.sites
                for machine in region.workloads[key].machines
                if region.serves(machine, Serves.TRUNKS)
            )
            for key in border
        }
        self._sipp = sipp
        self._realm = region.settings.carrier
        self._accounts = tuple(dict.fromkeys(region.workloads[key].organisation for key in border))
        self._password = password
        self.address = loopback.outside(CARRIER)
        """On this computer."""
        self.controllers = tuple(dict.fromkeys(name for found in names.values() for name in found))
        """Names of the border controllers, in the order in which they are tried."""
        self._routes = [
            (block.numbers, tuple(name for key in region.trunks(slug) for name in names[key]))
            for slug, municipality in region.municipalities.items()
            for block in municipality.number_blocks
        ]
        self._resolver = Resolver(name_servers(region, loopback), self.address)
        self._silent: dict[str, float] = {}
        self._lock = threading.Lock()
        self._control_room: Playing | None = None

    def open(self) -> None:
        """The carrier is there.

        Raises:
            UitwijkError: its port is taken.
        """
        who = f"{CONTROL_ROOM.municipality} {CONTROL_ROOM.building}"
        self._control_room = self._sipp.listen(
            "control-room", self.address, name=who, realm=self._realm, accounts=self._accounts, password=self._password
        )

    def close(self) -> None:
        """It is no more."""
        if self._control_room:
            self._control_room.close()

    def call(self, number: str) -> Call:
        """Somebody outside calls a number, in E.164 with the plus."""
        return self.calls([number])[0]

    def calls(self, numbers: Sequence[str], ringing_seconds: float = ANSWER_SECONDS) -> list[Call]:
        """The same for several numbers side by side.

        Args:
            numbers: in E.164 with the plus.
            ringing_seconds: how long it may ring.
        """
        calls = [called(number) for number in numbers]
        for controller in self.in_order(*numbers):
            again = [
                index
                for index, call in enumerate(calls)
                if worth_another(call) and controller in self._leading_to(call.number)
            ]
            if not again:
                continue
            for index, call in zip(
                again, self._through(controller, [calls[i] for i in again], ringing_seconds), strict=True
            ):
                calls[index] = call
        return calls

    def _through(self, controller: str, calls: Sequence[Call], ringing_seconds: float) -> list[Call]:
        address = self.resolve(controller)
        if address is None:
            return [replace(call, via=controller) for call in calls]
        playing = self._sipp.call(
            "call",
            self.address,
            address,
            [(call.number, CITIZEN) for call in calls],
            authenticates=False,
            ringing=round(ringing_seconds * 1000),
        )
        with contextlib.closing(playing):
            playing.wait(FIRST_REPLY_SECONDS + ringing_seconds + 5 + len(calls) / 50)
            events = playing.events
        self.heard(controller, any(event.what not in ("calls", "silent") for event in events))
        return [followed(call, playing.call_id(row), controller, events) for row, call in enumerate(calls)]

    def in_order(self, *numbers: str) -> list[str]:
        """The border controllers to which it takes calls to some numbers; those that were silent just now come last."""
        wanted = [name for name in self.controllers if any(name in self._leading_to(number) for number in numbers)]
        with self._lock:
            return sorted(wanted, key=lambda name: self._silent.get(name, 0) > time.monotonic())

    def _leading_to(self, number: str) -> tuple[str, ...]:
        digits = int(number.removeprefix("+"))
        return next((names for block, names in self._routes if digits in block), ())

    def resolve(self, controller: str) -> str | None:
        """The address of a border controller, as the region's name servers tell it outside; None: they do not."""
        address = self._resolver.address(controller)
        if address is None:
            self.heard(controller, False)
        return address

    def heard(self, controller: str, replied: bool) -> None:
        """Remembers whether a border controller replied."""
        with self._lock:
            self._silent[controller] = 0 if replied else time.monotonic() + _SILENT_SECONDS

    def reached(self, call_ids: Collection[str]) -> dict[str, Reached]:
        """What arrived of calls to the outside, by Call-ID."""
        assert self._control_room, "open"
        arrived = (event for event in self._control_room.events if event.what == "reached")
        return {event.call_id: _reached(event) for event in arrived if event.call_id in call_ids}

    @property
    def trouble(self) -> str | None:
        """What sipp says if the carrier is gone, though nobody closed it."""
        gone = self._control_room and self._control_room.process.poll() is not None
        return self._control_room.words if self._control_room and gone else None


def _reached(event: Event) -> Reached:
    caller = re.search(r"^From:.*?sips?:([^@;>]+)@", event.message, re.MULTILINE | re.IGNORECASE)
    number = re.search(r"^INVITE sips?:([^@;]+)@", event.message)
    where, fault = None, None
    try:
        where = location(event.message)
    except ValueError as error:
        fault = str(error)
    return Reached(event.call_id, number[1] if number else "", caller[1] if caller else "", where, fault)
