"""People: clerks, who sit in a building and work through a session, and citizens, who are outside."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from uitwijk.continuity.region import Machine, Region
from uitwijk.continuity.standing import at_home
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.outside import citizen
from uitwijk.drill.players.resolver import Resolver, name_servers
from uitwijk.drill.players.services import brokers, workplace
from uitwijk.drill.players.web import Login, Reply, request

SEATS = 50
"""Host part of the address of the seats in a building's network."""
RECORDS = Path("records/records.jsonl")
"""Where a store keeps its records, below the mount point of its data disk."""
_WEB_SERVER = 33
"""Debian's fixed number of the account www-data, under which the stores run."""

DataFolder = Callable[[str, Machine, str], Path]
"""The folder with the contents of a machine's data disk at a site: site, machine, name of the disk."""


@dataclass(frozen=True)
class Account:
    """A clerk's account with its own organisation; made up for one drill."""

    organisation: str
    login: Login

    @classmethod
    def made_up(cls, organisation: str) -> Account:
        """A new one, with a password that nobody knew before."""
        return cls(organisation, Login(f"clerk-{organisation}", secrets.token_urlsafe(18)))

    def line(self) -> str:
        """The record by which the organisation's session hosts know the clerk, as its store keeps it."""
        salt = secrets.token_hex(8)
        digest = hashlib.sha256(f"{salt}{self.login.password}".encode()).hexdigest()
        record = {"id": f"account-{self.login.name}", "record": {"salt": salt, "sha256": digest}}
        return json.dumps(record) + "\n"


def give_accounts(region: Region, organisations: Iterable[str], folder: DataFolder) -> Mapping[str, Account]:
    """Makes up an account for a clerk of each organisation and puts it among the data of its profiles.

    Call it before the stores start; replication carries the accounts to the other site. The passwords are secrets.

    Args:
        organisations: municipalities; one without workplaces gets none.
        folder: where data disks lie.
    """
    accounts: dict[str, Account] = {}
    for organisation in organisations:
        workload = workplace(region, organisation)
        if workload is None:
            continue
        account = accounts[organisation] = Account.made_up(organisation)
        for store in region.stores(workload):
            disk = next(iter(store.disks))
            append(folder(region.home(store.organisation), store, disk) / RECORDS, account.line())
    return accounts


def append(file: Path, line: str) -> None:
    """Adds a line to a store's records, which stay the store's own."""
    folder = file.parent
    if not folder.exists():
        folder.mkdir(parents=True)
        os.chown(folder, _WEB_SERVER, _WEB_SERVER)
    with file.open("a", encoding="utf-8") as records:
        records.write(line)
    os.chown(file, _WEB_SERVER, _WEB_SERVER)


class Person(Protocol):
    """Somebody who asks hosts for something, from somewhere."""

    @property
    def organisation(self) -> str:
        """The municipality that it works for, or turns to."""

    @property
    def building(self) -> str | None:
        """Where it sits; None: outside."""

    def ask(self, method: str, host: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Asks a host of the region, the way such a person does."""


@dataclass
class Clerk:
    """A clerk at a seat."""

    region: Region
    loopback: Loopback
    account: Account
    building: str
    source: str = field(init=False)
    """The seat's address on this computer."""
    resolver: Resolver = field(init=False)

    def __post_init__(self) -> None:
        self.source = self.loopback.address(self.region.building_network(self.building)[SEATS])
        self.resolver = Resolver(name_servers(self.region, self.loopback, [self.organisation]), self.source)

    @property
    def organisation(self) -> str:
        """Whose clerk it is."""
        return self.account.organisation

    def ask(self, method: str, host: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Asks a host through a session."""
        return self._in_session(self.organisation, self.resolver, method, f"/session/{host}{path}", body)

    def ask_directly(self, method: str, host: str, path: str, resolver: Resolver) -> Reply:
        """Asks a host from the seat itself, past the session."""
        return request(method, host, self.region.settings.records_port, path, resolver=resolver, source=self.source)

    def log_in(self, organisation: str, resolver: Resolver) -> Reply:
        """Opens a session at an organisation's brokers, and asks its profiles who they are."""
        workload = workplace(self.region, organisation)
        assert workload is not None, "asked only of those who have workplaces"
        profiles = at_home(self.region, self.region.stores(workload)[0]).name
        return self._in_session(organisation, resolver, "GET", f"/session/{profiles}/", None)

    def _in_session(
        self, organisation: str, resolver: Resolver, method: str, path: str, body: Mapping[str, Any] | None
    ) -> Reply:
        workload = workplace(self.region, organisation)
        assert workload is not None, "asked only of those who have workplaces"
        _, reply = _first(
            brokers(self.region, workload),
            lambda broker: request(
                method,
                broker,
                self.region.settings.records_port,
                path,
                resolver=resolver,
                source=self.source,
                login=self.account.login,
                body=body,
            ),
        )
        return reply


@dataclass
class Citizen:
    """A citizen of a municipality, on the internet."""

    region: Region
    loopback: Loopback
    organisation: str
    building: str | None = None
    source: str = field(init=False)
    resolver: Resolver = field(init=False)

    def __post_init__(self) -> None:
        self.source = citizen(self.loopback)
        self.resolver = Resolver(name_servers(self.region, self.loopback, [self.organisation]), self.source)

    def ask(self, method: str, host: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Asks a host directly."""
        port = self.region.settings.records_port
        return request(method, host, port, path, resolver=self.resolver, source=self.source, body=body)


def ask_first(
    person: Person, hosts: Sequence[str], method: str, path: str, body: Mapping[str, Any] | None = None
) -> tuple[str, Reply]:
    """Asks the first of several hosts that answers, and tells which it was; else the last, with why it does not."""
    return _first(hosts, lambda host: person.ask(method, host, path, body))


def _first(hosts: Sequence[str], ask: Callable[[str], Reply]) -> tuple[str, Reply]:
    for host in hosts:
        reply = ask(host)
        if not reply.silent(host):
            break
    return host, reply
