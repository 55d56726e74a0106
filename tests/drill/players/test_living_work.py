"""Clerks, citizens and printers with living guests: what two municipalities' machines are told really runs."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.drill.players.conftest import placed, reserved
from tests.drill.players.machines import MACHINES, MUNICIPALITIES, NAME_SERVERS
from tests.recorded import record_small
from uitwijk.continuity.region import Machine, Region
from uitwijk.drill.guests.guests import Guests
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template
from uitwijk.drill.players.buildings import Buildings
from uitwijk.drill.players.listening import await_listening
from uitwijk.drill.players.names import ExpectedNames, GapWatcher, StaleWatcher
from uitwijk.drill.players.pairs import every_pair
from uitwijk.drill.players.people import Account, Clerk, give_accounts
from uitwijk.drill.players.records import Records
from uitwijk.drill.players.web import Login
from uitwijk.drill.players.work import Observed, observe

SITE = "veldoord"
ASLEEP = ("permits", "youth-care", "social-support", "finance", "taxes")
"""Processes whose machines nobody booted."""


@dataclass
class Stage:
    """The living machines of two municipalities at one site."""

    folder: Path
    region: Region
    loopback: Loopback
    guests: Guests
    told: Mapping[str, Any]
    buildings: Buildings
    accounts: Mapping[str, Account]

    def disk(self, site: str, machine: Machine, disk: str) -> Path:
        """The folder with what a data disk holds."""
        return self.folder / "disks" / site / f"{machine.name}-{disk}"

    def boot(self, *names: str, fresh: bool = False, disks_at: str = SITE) -> None:
        """Powers machines on."""
        for name in names:
            machine = self.region.machines[name]
            disks = [self.disk(disks_at, machine, disk) for disk in machine.disks]
            told = self.told[name]
            self.guests.boot(SITE, name, told.user_data, told.meta_data, disks, fresh=fresh)
        self.guests.await_living(SITE, names, 60)
        await_listening(self.region, self.loopback, {name: SITE for name in names if name in MACHINES}, 60)

    def await_names(self) -> None:
        """Until every living machine has announced its name."""
        names = ExpectedNames(self.region, self.loopback, dict.fromkeys(MACHINES, SITE))
        lines = names.observe("before", [SITE], patience_seconds=30)
        assert {line.verdict for line in lines} == {"passed"}, lines

    def work(self, *closed: str) -> Observed:
        """Everybody's work, with some buildings closed."""
        for building in closed:
            self.buildings.close(building)
        try:
            return observe(
                self.region,
                self.loopback,
                self.accounts,
                self.buildings,
                when="during",
                placement=placed(self.region, *closed),
                calls=dict.fromkeys(self.region.municipalities),
            )
        finally:
            for building in closed:
                self.buildings.open(building)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, region: Region, template: Template) -> Iterator[Stage]:
    """Everything lives."""
    folder = tmp_path_factory.mktemp("living")
    told = record_small(SITE)
    with (
        reserved(region) as loopback,
        Buildings(folder / "queues", region, loopback) as buildings,
        Guests(folder / "guests", template, loopback) as guests,
    ):
        built = Stage(folder, region, loopback, guests, told, buildings, {})
        built.accounts = give_accounts(region, region.municipalities, built.disk)
        built.boot(*NAME_SERVERS)
        built.boot(*MACHINES)
        built.await_names()
        yield built


def stopped(observed: Observed, municipality: str) -> dict[str, str]:
    """Why processes were seen to stop."""
    return {process: how.observed for process, how in observed.continuity[municipality].stopped.items()}


def test_work_goes_on_where_machines_live_and_stops_where_they_do_not(stage: Stage) -> None:
    observed = stage.work()
    for municipality in MUNICIPALITIES:
        found = stopped(observed, municipality)
        assert tuple(found) == ASLEEP
        runs = {process: why for process, why in found.items() if why != f"nobody runs {process} for {municipality}"}
        assert {"permits", "youth-care", "finance"} <= runs.keys()
        assert all(why.endswith("-application-1.kustland.example does not answer") for why in runs.values())


def test_documents_come_out_where_the_counter_is_now(stage: Stage) -> None:
    observed = stage.work("kolkwijde-town-hall")
    documents = {one.municipality: one for one in observed.transactions if one.what == "document"}
    assert {who: (one.building, one.verdict) for who, one in documents.items()} == {
        "kolkwijde": ("kust-office", "passed"),
        "reeenmeer": ("wilgendam-town-hall", "passed"),
    }
    assert stage.buildings.queues["kust-office"][-1].file.read_bytes().startswith(b"%PDF-")
    assert "travel-documents" in stopped(observed, "kolkwijde")
    assert "travel-documents" not in stopped(observed, "reeenmeer")


@pytest.mark.parametrize("closed", [(), ("kolkwijde-town-hall",)])
def test_clerks_reach_their_own_register_and_no_other(stage: Stage, closed: tuple[str, ...]) -> None:
    now = placed(stage.region, *closed)
    living = {municipality: stage.accounts[municipality] for municipality in MUNICIPALITIES}
    tried = every_pair(stage.region, stage.loopback, living, when="during", placement=now)
    found = [one for one in tried if "zandermeer" not in one.host + one.id]
    assert [one for one in found if one.verdict != "passed"] == []
    assert sum(one.what == "forbidden" for one in found) == 8, "two in sessions, four past them, two at brokers"


def test_a_front_end_without_its_database_says_so_until_that_lives_again(stage: Stage) -> None:
    database = "kolkwijde-civil-affairs-database-1"
    stage.guests.halt(SITE, database)
    why = f"{database}.kustland.example does not answer"
    found = stopped(stage.work(), "kolkwijde")
    counters = ("civil-affairs-counter", "document-issue", "civil-registration", "travel-documents")
    assert {process: found[process] for process in counters} == dict.fromkeys(counters, why)
    stage.boot(database)
    assert tuple(stopped(stage.work(), "kolkwijde")) == ASLEEP


def test_who_does_not_know_the_password_is_refused(stage: Stage) -> None:
    account = replace(stage.accounts["kolkwijde"], login=Login("clerk-kolkwijde", "a guess"))
    clerk = Clerk(stage.region, stage.loopback, account, "kolkwijde-town-hall")
    assert clerk.log_in("kolkwijde", clerk.resolver).status == 401
    nobody = replace(account, login=Login("nobody", "a guess"))
    assert (
        Clerk(stage.region, stage.loopback, nobody, "wilgendam-town-hall").log_in("kolkwijde", clerk.resolver).status
        == 401
    )


def test_a_store_on_the_replica_has_what_replication_carried(stage: Stage) -> None:
    store = stage.region.machines["reeenmeer-documents-files-1"]
    records = Records(stage.region, stage.loopback, stage.accounts, ["reeenmeer"])
    now = placed(stage.region)
    records.write("before", now)
    replica = stage.disk("zandermeer", store, "files")
    replica.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "--archive", stage.disk(SITE, store, "files"), replica], check=True)
    records.write("late", now)
    records.lost()
    stage.guests.halt(SITE, store.name)
    stage.boot(store.name, fresh=True, disks_at="zandermeer")
    records.write("survivor", now)
    documents = {
        line.written: (line.found, line.verdict)
        for line in records.ask(now, {"before", "survivor"})
        if line.service == "documents"
    }
    assert documents == {"before": (True, "passed"), "late": (False, "passed"), "survivor": (True, "passed")}


def test_names_lead_to_a_machine_once_it_lives_and_never_to_where_it_does_not(stage: Stage) -> None:
    names = ExpectedNames(stage.region, stage.loopback, dict.fromkeys(MACHINES, SITE))
    for server in NAME_SERVERS:
        stage.guests.halt(SITE, server)
    gap = GapWatcher(names, [SITE], MUNICIPALITIES, time.monotonic())
    stale = StaleWatcher(names, SITE)
    gap.start()
    stale.start()
    stage.boot(*NAME_SERVERS, fresh=True)
    # Names come back when machines announce them, every five minutes: a machine that boots does so at once.
    for name in MACHINES:
        stage.guests.halt(SITE, name)
    stage.boot(*MACHINES)
    stage.await_names()
    patience = threading.Event()
    while gap.open:
        patience.wait(0.1)
    assert {line.ttl_seconds for line in gap.stop()} == {60}
    assert [line.verdict for line in stale.stop()] == ["passed", "passed"]
