"""Work, process by process, for every municipality: what really goes on from where its staff sit now."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from uitwijk.continuity.recipe import Serves
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.buildings import Buildings, says, visit
from uitwijk.drill.players.people import Account, Citizen, Clerk, Person, ask_first
from uitwijk.drill.players.seats import Seats
from uitwijk.drill.players.services import front_ends, printing, staffed, used
from uitwijk.drill.players.transactions import What, transaction
from uitwijk.drill.players.verdict import judged
from uitwijk.drill.players.web import nameless, silence
from uitwijk.evidence.work_report import Continuity, Transaction

_SIDE_BY_SIDE = 4
"""Municipalities that work at the same time."""


@dataclass(frozen=True)
class Observed:
    """What came of the work of all municipalities in one phase; both as the evidence keeps it."""

    transactions: list[Transaction]
    continuity: dict[str, Continuity]
    """By municipality."""


def observe(
    region: Region,
    loopback: Loopback,
    accounts: Mapping[str, Account],
    buildings: Buildings,
    *,
    when: str,
    placement: Mapping[str, Any],
    calls: Mapping[str, str | None],
) -> Observed:
    """Has every municipality do its work, and tells which processes continued.

    Args:
        accounts: of each municipality's clerk.
        buildings: with printers and stations.
        when: before, during or after.
        placement: `Placement.to_dict()`; where staff sit, and what the model says of what stops.
        calls: by municipality, why calls to its numbers were not answered as they should, or None if all were.
    """

    def work(municipality: str) -> _Municipality:
        at = Seats(region, placement["seats"][municipality]["at"])
        foreseen = frozenset(placement["processes"][municipality]["stopped"])
        one = _Municipality(region, loopback, accounts.get(municipality), buildings, municipality, when, at, foreseen)
        one.work(calls.get(municipality, "nobody called its numbers"))
        return one

    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        done = list(pool.map(work, region.municipalities))
    return Observed(
        [transaction for one in done for transaction in one.transactions],
        {one.municipality: judged(region, one.municipality, one.stopped, placement) for one in done},
    )


@dataclass
class _Municipality:
    """A municipality at work in one phase. What several processes need is done once, for the most urgent of them."""

    region: Region
    loopback: Loopback
    account: Account | None
    buildings: Buildings
    municipality: str
    when: str
    seats: Seats
    foreseen: frozenset[str]
    """Processes that the situation stops."""
    transactions: list[Transaction] = field(default_factory=list)
    stopped: dict[str, str] = field(default_factory=dict)
    """Why, by process."""
    _logins: dict[str, str | None] = field(default_factory=dict)
    """Why a clerk in a building cannot work, by building."""
    _services: dict[tuple[str, bool], str | None] = field(default_factory=dict)
    """Why a service cannot be used, by service and whether a clerk does."""

    @property
    def _workplaces(self) -> str:
        """The services that give sessions: the one of this municipality, if it has one, among them."""
        return " and ".join(self.region.serving(Serves.SESSIONS))

    def work(self, calls: str | None) -> None:
        """Does every process, the most urgent class first; one class in the catalogue's order."""
        processes = self.region.processes
        for process in sorted(processes, key=lambda slug: processes[slug].recovery_class):
            why = self._clerks(process, calls) if staffed(self.region, process) else self._citizens(process, calls)
            if why is not None:
                self.stopped[process] = why

    def _citizens(self, process: str, calls: str | None) -> str | None:
        citizen = Citizen(self.region, self.loopback, self.municipality)
        if self.region.processes[process].telephone and calls:
            return calls
        return self._use(process, citizen)

    def _clerks(self, process: str, calls: str | None) -> str | None:
        wanted = self.region.processes[process]
        needed = self.region.minimum_seats(self.municipality, process)
        if self.account is None:
            return f"nobody runs {self._workplaces} for {self.municipality}"
        if self.seats.building() is None:
            return f"needs {needed} seats, 0 left"
        building = self.seats.building(wanted.stations)
        if building is None:
            return f"no {' and '.join(sorted(wanted.stations))} in a building where the staff sit"
        clerk = Clerk(self.region, self.loopback, self.account, building)
        why = self._stations(process, clerk) if wanted.own_building else None
        if why is None and needed > self.seats.left:
            why = f"needs {needed} seats, {self.seats.left} left"
        if why is None:
            why = self._log_in(process, clerk) or self._use(process, clerk)
        if why is None and wanted.telephone:
            why = calls
        if why is None and (service := printing(self.region, process)) is not None:
            why = self._issue(process, service, clerk)
        if why is None:
            self.seats.take(needed, building)
        return why

    def _stations(self, process: str, clerk: Clerk) -> str | None:
        """Visits the stations of the own town hall that cannot be moved."""
        hall = self.region.building_of(self.municipality)
        for station in self.region.buildings[hall].stations:
            if station not in self.region.printers:
                host = self.region.station_name(hall, station)
                begun = time.monotonic()
                address = clerk.resolver.address(host)
                line = visit(address, clerk.source) if address else None
                why = nameless(host) if address is None else silence(host) if line is None else None
                if line not in (None, says(station, hall)):
                    why = f"{host} says that it is {line}"
                self._add(process, clerk.building, "station", station, host, None, time.monotonic() - begun, why)
                if why is not None:
                    return why
        return None if hall in self.seats.buildings else f"nobody sits in {hall}"

    def _log_in(self, process: str, clerk: Clerk) -> str | None:
        if clerk.building not in self._logins:
            reply = clerk.log_in(self.municipality, clerk.resolver)
            why = self._logins[clerk.building] = reply.why
            self._add(process, clerk.building, "login", self._workplaces, reply.host, None, reply.seconds, why)
        return self._logins[clerk.building]

    def _use(self, process: str, person: Person) -> str | None:
        """Keeps a record in every service of the process."""
        for service in sorted(used(self.region, process)):
            known = (service, person.building is not None)
            if known not in self._services:
                self._services[known] = self._keep(process, service, person)
            if (why := self._services[known]) is not None:
                return why
        return None

    def _keep(self, process: str, service: str, person: Person) -> str | None:
        """Writes a record and reads it back."""
        provider = self.region.provider(self.municipality, service)
        if provider is None:
            return f"nobody runs {service} for {self.municipality}"
        number = self._number(service)
        record = {"municipality": self.municipality, "process": process, "number": number}
        hosts = front_ends(self.region, provider)
        host, written = ask_first(person, hosts, "PUT", f"/records/{number}", record)
        why, seconds = written.why, written.seconds
        if why is None:
            host, read = ask_first(person, hosts, "GET", f"/records/{number}")
            why, seconds = read.why, seconds + read.seconds
            if why is None and not record.items() <= read.said.items():
                why = f"{host} gives another record than the one that was written"
        what: What = "citizen" if person.building is None else "record"
        self._add(process, person.building, what, service, host, number, seconds, why)
        return why

    def _issue(self, process: str, service: str, clerk: Clerk) -> str | None:
        """Issues a document, and looks for it in the print queues of all buildings."""
        provider = self.region.provider(self.municipality, service)
        assert provider is not None, "used before"
        number = self._number("document")
        lines = [f"{self.region.municipalities[self.municipality].name}: extract from the persons register", number]
        body = {"id": number, "building": clerk.building, "lines": lines}
        host, reply = ask_first(clerk, front_ends(self.region, provider), "POST", "/documents", body)
        why = reply.why
        if why is None:
            why = self._misprinted(str(reply.said.get("sha256")), clerk.building)
        self._add(process, clerk.building, "document", service, host, number, reply.seconds, why)
        return why

    def _misprinted(self, sha256: str, building: str) -> str | None:
        prints = self.buildings.printed(sha256)
        where = sorted({item.building for item in prints})
        if where != [building]:
            return f"the document lies in the print queue of {' and '.join(where) or 'no building'}, not of {building}"
        if not all(item.file.read_bytes().startswith(b"%PDF-") for item in prints):
            return f"what lies in the print queue of {building} is no PDF"
        return None

    def _number(self, what: str) -> str:
        return f"{self.municipality}-{what}-{self.when}-{secrets.token_hex(4)}"

    def _add(
        self,
        process: str,
        building: str | None,
        what: What,
        service: str,
        host: str,
        number: str | None,
        seconds: float,
        why: str | None,
    ) -> None:
        self.transactions.append(
            transaction(
                when=self.when,
                municipality=self.municipality,
                process=process,
                building=building,
                what=what,
                service=service,
                host=host,
                number=number,
                seconds=seconds,
                why=why,
                foreseen=process in self.foreseen,
            )
        )
