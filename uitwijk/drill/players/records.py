"""Records that clerks write around a site's loss: which are there afterwards, and how old the lost ones were."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.people import Account, Citizen, Clerk, Person, ask_first
from uitwijk.drill.players.services import front_ends, kept_by
from uitwijk.drill.players.web import Reply
from uitwijk.evidence.work_report import SoughtRecord

Written = Literal["before", "late", "survivor"]
"""Before the last replication, after it, or at the survivor once the site was lost."""
_SIDE_BY_SIDE = 4
_NOT_FOUND = 404


@dataclass(frozen=True)
class _Record:
    municipality: str
    service: str
    number: str
    written: Written
    at: float
    """By `time.monotonic`."""
    why: str | None
    """Why it could not be written."""


class Records:
    """Writes records into every service of some municipalities, and asks for them again.

    Args:
        accounts: of each municipality's clerk.
        municipalities: those whose data is at stake.
    """

    def __init__(
        self, region: Region, loopback: Loopback, accounts: Mapping[str, Account], municipalities: Iterable[str]
    ) -> None:
        self._region = region
        self._loopback = loopback
        self._accounts = accounts
        self._municipalities = tuple(municipalities)
        self._written: list[_Record] = []
        self._lost_at: float | None = None

    def write(self, written: Written, placement: Mapping[str, Any]) -> tuple[str, ...]:
        """Writes one record into each service of each municipality, and gives what could not be written, in words.

        Args:
            written: which moment this is.
            placement: `Placement.to_dict()`: where the clerks sit.
        """

        def one(municipality: str) -> list[_Record]:
            return [
                self._write(municipality, service, written, person)
                for service, person in self._users(municipality, placement).items()
            ]

        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            new = [record for records in pool.map(one, self._municipalities) for record in records]
        self._written += new
        return tuple(f"{each.number}: {each.why}" for each in new if each.why is not None)

    def lost(self) -> None:
        """The site is lost, now: from here counts how old a record was."""
        self._lost_at = time.monotonic()

    def ask(self, placement: Mapping[str, Any], found: Collection[Written]) -> list[SoughtRecord]:
        """Asks for every record that was written, and judges: found or lost, within the service's RPO or not.

        Args:
            placement: `Placement.to_dict()`: where the clerks sit now.
            found: the moments whose records must be there. The others' must not, for no replication carried them: such
                a record that is there nevertheless shows that the site was not lost; one older than the RPO is a
                failure, too.
        """

        def one(municipality: str) -> list[SoughtRecord]:
            users = self._users(municipality, placement)
            return [
                self._judge(record, self._ask(record, users[record.service]), record.written in found)
                for record in self._written
                if record.municipality == municipality and record.service in users
            ]

        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            return [line for lines in pool.map(one, self._municipalities) for line in lines]

    def _users(self, municipality: str, placement: Mapping[str, Any]) -> dict[str, Person]:
        """Who uses each of the municipality's services: its clerk, or a citizen where no clerk does."""
        region, loopback = self._region, self._loopback
        at = placement["seats"][municipality]["at"]
        citizen = Citizen(region, loopback, municipality)
        account = self._accounts.get(municipality)
        clerk = Clerk(region, loopback, account, next(iter(at))) if account and at else None
        users: dict[str, Person] = {}
        for service, clerks in kept_by(region, municipality).items():
            if not clerks:
                users[service] = citizen
            elif clerk is not None:
                users[service] = clerk
        return users

    def _hosts(self, municipality: str, service: str) -> tuple[str, ...]:
        provider = self._region.provider(municipality, service)
        assert provider is not None, "only services that somebody runs are used"
        return front_ends(self._region, provider)

    def _write(self, municipality: str, service: str, written: Written, person: Person) -> _Record:
        number = f"{municipality}-{service}-{written}-{secrets.token_hex(4)}"
        record = {"municipality": municipality, "written": written, "number": number}
        _, reply = ask_first(person, self._hosts(municipality, service), "PUT", f"/records/{number}", record)
        return _Record(municipality, service, number, written, time.monotonic(), reply.why)

    def _ask(self, record: _Record, person: Person) -> Reply:
        hosts = self._hosts(record.municipality, record.service)
        return ask_first(person, hosts, "GET", f"/records/{record.number}")[1]

    def _judge(self, record: _Record, reply: Reply, expected: bool) -> SoughtRecord:
        there = reply.why is None and reply.said.get("number") == record.number
        gone = reply.status == _NOT_FOUND
        minutes = self._region.services[record.service].rpo_minutes
        age = None if self._lost_at is None or record.at > self._lost_at else round(self._lost_at - record.at, 1)
        right = there if expected else gone and age is not None and age <= (minutes or 0) * 60
        return SoughtRecord(
            service=record.service,
            municipality=record.municipality,
            id=record.number,
            written=record.written,
            found=there,
            age_seconds=age,
            rpo_minutes=minutes,
            verdict="passed" if right and record.why is None else "failed",
        )
