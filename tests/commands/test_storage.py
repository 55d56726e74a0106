"""`uitwijk check`: what in a vCenter keeps machines from being moved."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from tests.commands.inventories import inventory, machine
from tests.continuity.situations import situation
from uitwijk.commands.readiness.line import Verdict
from uitwijk.commands.readiness.storage import mount_lines, snapshot_lines
from uitwijk.continuity.region import Region
from uitwijk.observe.inventory import Disk

SITE = "veldoord"
NOW = datetime.datetime(2026, 11, 27, 8, 12, tzinfo=datetime.UTC)
WITH_DATA, WITHOUT = "kolkwijde-civil-affairs-database-1", "kolkwijde-taxes-application-1"


@pytest.mark.parametrize(("hours", "verdict"), [(1, Verdict.ATTENTION), (24, Verdict.ATTENTION), (25, Verdict.FAIL)])
def test_a_snapshot_of_a_machine_with_data_fails_when_it_is_older_than_the_backup_window(
    region: Region, hours: int, verdict: Verdict
) -> None:
    snapped = replace(machine(WITH_DATA), snapshot_since=NOW - datetime.timedelta(hours=hours))
    (line,) = snapshot_lines(region, SITE, inventory(region, SITE, [snapped]), NOW)
    assert (line.subject, line.verdict) == (f"snapshots {SITE}", verdict)
    assert WITH_DATA in line.why


def test_a_disk_that_goes_on_in_a_delta_file_has_a_forgotten_snapshot(region: Region) -> None:
    snapped = replace(machine(WITH_DATA), disks=(Disk("data", "data-veldoord", "a/b-data-000001.vmdk", 1),))
    (line,) = snapshot_lines(region, SITE, inventory(region, SITE, [snapped]), NOW)
    assert line.verdict is Verdict.FAIL


def test_a_snapshot_of_a_machine_without_data_or_of_somebody_else_is_nobodys_business(region: Region) -> None:
    snapped = [replace(machine(name), snapshot_since=NOW) for name in (WITHOUT, "somebody-elses-1")]
    assert not list(snapshot_lines(region, SITE, inventory(region, SITE, snapped), NOW))


@pytest.mark.parametrize(
    ("datastore", "declared", "fails"),
    [
        ("local", {}, True),
        ("data-veldoord", {}, True),
        ("data-zandermeer", {}, False),
        ("data-zandermeer", {"lost": ["zandermeer"], "promoted": {"zandermeer": SITE}}, True),
    ],
)
def test_a_datastore_must_be_writable_on_every_host_where_machines_or_writable_data_lie(
    region: Region, datastore: str, declared: dict[str, object], fails: bool
) -> None:
    wrong = {datastore: {"veldoord-host-1": "read-only", "veldoord-host-2": "not mounted"}}
    found = replace(inventory(region, SITE), unwritable=wrong)
    lines = list(mount_lines(region, situation(region, **declared), SITE, found))  # type: ignore[arg-type]
    assert [line.verdict for line in lines] == ([Verdict.FAIL] if fails else [])
    if fails:
        assert "veldoord-host-1 (read-only), veldoord-host-2 (not mounted)" in lines[0].why
