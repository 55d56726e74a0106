"""`uitwijk retire`: what is written, what the region is afterwards, and what is refused."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.commands.conftest import Desk
from uitwijk.continuity import load_region, place
from uitwijk.continuity.calamity import single_calamities
from uitwijk.continuity.invariants import Invariants
from uitwijk.continuity.region import Region


def after(desk: Desk) -> Region:
    return load_region(desk.folder / "catalogue")


def test_a_workload_leaves_with_its_machines_and_the_processes_that_needed_it(desk: Desk, region: Region) -> None:
    said = desk.uitwijk("retire", "kolkwijde/counter", "--by", "ICT board", "--reason", "one portal", "--yes", "--json")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert told["done"] == ["kolkwijde/counter"]
    assert told["processes"]["kolkwijde"]
    left = after(desk)
    assert "kolkwijde/counter" in region.workloads
    assert "kolkwijde/counter" not in left.workloads
    assert left.left_machines == {machine.name for machine in region.workloads["kolkwijde/counter"].machines}
    (entry,) = yaml.safe_load((desk.folder / "catalogue" / "retired.yaml").read_text(encoding="utf-8"))
    assert (entry["by"], entry["reason"]) == ("ICT board", "one portal")


def test_a_municipality_leaves_with_all_that_it_runs_and_its_disks_are_listed(desk: Desk, region: Region) -> None:
    assert desk.uitwijk("retire", "reeenmeer", "--yes").code == 0
    left = after(desk)
    assert "reeenmeer" not in left.municipalities
    assert all("reeenmeer" not in partnership.members for partnership in left.partnerships.values())
    kept = {disk.name: (disk.site, disk.path, disk.size_gib) for disk in left.left_disks.values()}
    assert kept == {
        f"{machine.name}-{disk}": (region.workloads[machine.workload].home, machine.disk_path(disk), size)
        for machine in region.machines.values()
        if machine.organisation == "reeenmeer"
        for disk, size in machine.disks.items()
    }
    judge = Invariants(left)
    for calamity in single_calamities(left):
        declared = calamity.situation(left)
        assert judge.violated(declared, place(left, declared)) == []


def test_a_second_retirement_is_added_to_the_list(desk: Desk) -> None:
    for name in ("kolkwijde/counter", "taxes"):
        assert desk.uitwijk("retire", name, "--yes").code == 0
    left = after(desk)
    assert list(left.left) == ["kolkwijde/counter", "taxes"]
    assert not [key for key in left.workloads if key.endswith("/taxes")]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "kolkwijde/civil-affairs",
            "kolkwijde/counter needs kolkwijde/civil-affairs, which is retired; retire it, too",
        ),
        ("kust", "a partnership serves its members; retire its workloads one by one, as in kust/SERVICE"),
        ("kolkwijde-counter-application-1", "the catalogue has it still; make the count of its role smaller first"),
        ("elders", "is no workload, municipality or service, and nothing of that name that left the catalogue"),
    ],
)
def test_what_cannot_leave_is_refused_and_nothing_is_written(desk: Desk, name: str, says: str) -> None:
    said = desk.uitwijk("retire", name, "--yes")
    assert said.code == 2
    assert says in said.err
    assert not (desk.folder / "catalogue" / "retired.yaml").exists()


def test_what_is_retired_already_is_not_retired_again(desk: Desk) -> None:
    desk.uitwijk("retire", "kolkwijde/counter", "--yes")
    said = desk.uitwijk("retire", "kolkwijde/counter", "--yes")
    assert (said.code, said.err) == (2, "error: retire kolkwijde/counter: it is retired already (retired.yaml)\n")
