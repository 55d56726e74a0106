"""Nobody's clerks reach another municipality's persons register: every municipality tries every other."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.people import Account, Clerk
from uitwijk.drill.players.resolver import Resolver, name_servers
from uitwijk.drill.players.services import front_ends, used, workplace
from uitwijk.drill.players.transactions import What, transaction
from uitwijk.drill.players.web import Reply
from uitwijk.evidence.work_report import Transaction

_SIDE_BY_SIDE = 4
_FORBIDDEN, _UNAUTHORISED = 403, 401


@dataclass(frozen=True)
class _Register:
    """A municipality's persons register, and a record in it."""

    process: str
    service: str
    workload: str
    host: str
    number: str


def every_pair(
    region: Region, loopback: Loopback, accounts: Mapping[str, Account], *, when: str, placement: Mapping[str, Any]
) -> list[Transaction]:
    """Has a clerk of each municipality ask for a record in the persons register of each municipality.

    In a session: its own, yes, from every building where its staff sit; every other, no. From the seat, past the
    session: none. And at the brokers of others its account is worth nothing. Clerks sit where the placement seats them;
    a municipality without a seat asks nothing.

    Args:
        accounts: of each municipality's clerk.
        when: before, during or after.
        placement: `Placement.to_dict()`.
    """
    everybody = {
        municipality: [Clerk(region, loopback, accounts[municipality], building) for building in at]
        for municipality in region.municipalities
        if municipality in accounts and (at := placement["seats"][municipality]["at"])
    }
    registers = {
        municipality: register
        for municipality in region.municipalities
        if (register := _register(region, municipality, when)) is not None
    }

    def tries(municipality: str) -> list[Transaction]:
        clerk, *elsewhere = everybody[municipality]
        own = registers.get(municipality)
        others = [
            one
            for other, register in registers.items()
            for one in _tries(region, loopback, clerk, other, register, own, when)
        ]
        return others if own is None else others + [_read(each, own, own.host, when) for each in elsewhere]

    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        writing = [municipality for municipality in everybody if municipality in registers]
        written = pool.map(lambda slug: _write(everybody[slug][0], registers[slug], when), writing)
        return [*written, *(one for found in pool.map(tries, everybody) for one in found)]


def _register(region: Region, municipality: str, when: str) -> _Register | None:
    keeping = (slug for slug, process in region.processes.items() if process.persons_register)
    for process, service in ((slug, service) for slug in keeping for service in used(region, slug)):
        workload = region.provider(municipality, service)
        if region.services[service].tenancy == "dedicated" and workload is not None:
            number = f"{municipality}-person-{when}-{secrets.token_hex(4)}"
            return _Register(process, service, workload, front_ends(region, workload)[0], number)
    return None


def _write(clerk: Clerk, register: _Register, when: str) -> Transaction:
    """Puts a record into the own register, for everybody to ask for."""
    record = {"municipality": clerk.organisation, "number": register.number}
    reply = clerk.ask("PUT", register.host, f"/records/{register.number}", record)
    return _told(clerk, register, when, "record", reply, reply.why)


def _read(clerk: Clerk, register: _Register, host: str, when: str) -> Transaction:
    """Reads the record in the own register."""
    reply = clerk.ask("GET", host, f"/records/{register.number}")
    return _told(clerk, register, when, "record", reply, reply.why)


def _tries(
    region: Region,
    loopback: Loopback,
    clerk: Clerk,
    other: str,
    register: _Register,
    own: _Register | None,
    when: str,
) -> list[Transaction]:
    path = f"/records/{register.number}"
    # Whoever means harm may ask the other's name servers.
    resolver = Resolver(name_servers(region, loopback, [other]), clerk.source)
    # A session knows the names that its own name servers tell; to it, an address is as good.
    host = register.host if clerk.resolver.address(register.host) else resolver.address(register.host) or register.host
    if own is not None and register.workload == own.workload:
        tried = [_read(clerk, register, host, when)]
    else:
        tried = [_refused(clerk, register, when, clerk.ask("GET", host, path), _FORBIDDEN)]
    reply = clerk.ask_directly("GET", register.host, path, resolver)
    tried.append(_refused(clerk, register, when, reply, _FORBIDDEN))
    theirs = workplace(region, other)
    if theirs not in (None, workplace(region, clerk.organisation)):
        tried.append(_refused(clerk, register, when, clerk.log_in(other, resolver), _UNAUTHORISED))
    return tried


def _refused(clerk: Clerk, register: _Register, when: str, reply: Reply, status: int) -> Transaction:
    """Judges a reply that must be a refusal."""
    why = None
    if reply.status is not None and reply.why is None:
        why = f"{reply.host} lets a clerk of {clerk.organisation} in"
    elif reply.status != status:
        why = f"not refused, but: {reply.why}"
    return _told(clerk, register, when, "forbidden", reply, why)


def _told(clerk: Clerk, register: _Register, when: str, what: What, reply: Reply, why: str | None) -> Transaction:
    return transaction(
        when=when,
        municipality=clerk.organisation,
        process=register.process,
        building=clerk.building,
        what=what,
        service=register.service,
        host=reply.host if what == "forbidden" else register.host,
        number=register.number,
        seconds=reply.seconds,
        why=why,
    )
