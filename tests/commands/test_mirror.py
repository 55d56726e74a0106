"""`uitwijk check`: what the two vCenters have, what one lacks, and what runs twice."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.commands.conftest import Desk
from tests.commands.inventories import inventory, machine
from tests.commands.stacks import Stacks, both_applied, lines
from uitwijk.commands.readiness import answer as checking
from uitwijk.commands.readiness.line import Verdict
from uitwijk.commands.readiness.sites import mirror_lines
from uitwijk.continuity.region import Region


class Mirror:
    """Two vCenters that hold what the catalogue wants, until a test spoils one."""

    def __init__(self, desk: Desk, region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
        self._desk = desk
        self.found: dict[str, Any] = {site: inventory(region, site) for site in region.sites}
        monkeypatch.setattr(checking, "read_vcenters", lambda _: self.found)

    def spoil(self, site: str, **parts: Any) -> dict[str, dict[str, str]]:
        """Changes one vCenter and checks."""
        self.found[site] = dataclasses.replace(self.found[site], **parts)
        return lines(self._desk)


@pytest.fixture
def mirror(desk: Desk, engine: Stacks, region: Region, refusing: str, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    for site in region.sites:
        engine.configured(site, refusing)
    both_applied(desk, engine)
    return Mirror(desk, region, monkeypatch)


@pytest.mark.usefixtures("mirror")
def test_two_sites_as_the_catalogue_wants_them_are_ok(desk: Desk) -> None:
    found = lines(desk)
    assert {line["verdict"] for subject, line in found.items() if subject.startswith("mirror")} == {"ok"}
    assert found["split brain"]["verdict"] == "ok"


def test_a_missing_and_a_different_template_fail(mirror: Mirror) -> None:
    found = mirror.spoil("zandermeer", templates=(machine("debian-12", template=True, annotation="content: old"),))
    assert found["mirror: golden templates"]["verdict"] == "fail"
    assert found["mirror: golden templates"]["why"] == (
        "zandermeer: debian-12 holds old instead of debian-12-2026.10, debian-12-desktop is missing"
    )


def test_a_missing_network_fails(mirror: Mirror) -> None:
    kept = tuple(name for name in mirror.found["veldoord"].networks if name != "kolkwijde-voice")
    assert mirror.spoil("veldoord", networks=kept)["mirror: networks"]["why"] == "veldoord: kolkwijde-voice is missing"


def test_a_missing_and_a_small_datastore_fail(mirror: Mirror) -> None:
    found = mirror.spoil("veldoord", datastores={"local": 20000, "data-veldoord": 1})
    assert found["mirror: datastores"]["why"] == (
        "veldoord: data-veldoord has 1 GiB instead of 40000, data-zandermeer is missing"
    )


def test_hosts_that_are_missing_smaller_or_of_another_generation_fail(mirror: Mirror) -> None:
    first, second, *rest = mirror.found["zandermeer"].hosts
    spoiled = type(first)(**{**vars(second), "memory_gib": 128, "cpu_generation": "intel-merom"})
    found = mirror.spoil("zandermeer", hosts=(spoiled, *rest))
    why = found["mirror: hosts"]["why"]
    assert f"{first.name} is missing" in why
    assert f"{second.name} has 128 GiB instead of" in why
    assert f"{second.name} is intel-merom instead of" in why


def test_what_only_one_site_has_needs_attention(mirror: Mirror) -> None:
    extra = (*mirror.found["veldoord"].networks, "guests")
    found = mirror.spoil("veldoord", networks=extra)
    assert found["mirror: only at one site"]["verdict"] == "attention"
    assert found["mirror: only at one site"]["why"] == "veldoord: network guests"


def test_a_connection_that_only_one_site_has_asks_for_attention(region: Region) -> None:
    site = region.sites["veldoord"]
    more = site.model_copy(update={"connections": (*site.connections, "suwinet")})
    grown = dataclasses.replace(region, sites={**region.sites, "veldoord": more})
    found = {line.subject: line for line in mirror_lines(grown, {s: inventory(grown, s) for s in grown.sites})}
    assert found["mirror: only at one site"].verdict is Verdict.ATTENTION
    assert found["mirror: only at one site"].why == "veldoord: connection suwinet"


COLD, HOT = "kolkwijde-counter-application-1", "kolkwijde-telephony-call-server-1"


def test_a_cold_machine_that_runs_at_two_sites_fails(mirror: Mirror) -> None:
    mirror.spoil("veldoord", machines=(machine(COLD), machine(HOT)))
    found = mirror.spoil("zandermeer", machines=(machine(COLD), machine(HOT)))
    assert found["split brain"]["verdict"] == "fail"
    assert found["split brain"]["why"] == f"1 cold machines run at veldoord and zandermeer at once: {COLD}"
    assert "`pulumi up --stack zandermeer --continue-on-error`" in found["split brain"]["remedy"]


def test_a_copy_that_is_off_and_a_hot_machine_at_both_sites_are_no_split_brain(mirror: Mirror) -> None:
    mirror.spoil("veldoord", machines=(machine(COLD), machine(HOT)))
    found = mirror.spoil("zandermeer", machines=(machine(COLD, powered_on=False), machine(HOT)))
    assert found["split brain"]["verdict"] == "ok"


def test_machines_that_do_not_run_and_machines_that_should_not_need_attention(mirror: Mirror) -> None:
    found = mirror.spoil("zandermeer", machines=(machine(COLD),))
    assert found["machines zandermeer"]["verdict"] == "attention"
    assert f"1 run that should not: {COLD}" in found["machines zandermeer"]["why"]
    assert "27 do not run that should" in found["machines zandermeer"]["why"]
