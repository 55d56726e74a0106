"""A rehearsal: which plan can be trusted, given what the engine says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from uitwijk.commands.rehearse.plan_book import PlanBook, Status
from uitwijk.commands.rehearse.previews import PreviewError
from uitwijk.commands.rehearse.rehearsal import Rehearsal, Rehearsed
from uitwijk.commands.rehearse.stack_plan import stack_plan
from uitwijk.continuity import place
from uitwijk.continuity.calamity import NOTHING, Calamity, single_calamities
from uitwijk.continuity.plan import foreseen
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Standing
from uitwijk.observe.stacks import DISK, MACHINE, SITUATION
from uitwijk.running.engine import Operation, Run

RULE = "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule"
FOLDER = "vsphere:index/folder:Folder"
UNRELATED = Operation("update", FOLDER, "uitwijk", properties=("path",))


def created(region: Region, site: str, names: Sequence[str]) -> list[Operation]:
    """As the engine tells of machines that it would make."""
    operations = []
    for name in names:
        machine = region.machines[name]
        attached = [{"attach": True, "path": machine.disk_path(disk)} for disk in machine.disks]
        inputs = {
            "numCpus": machine.vcpus,
            "memory": machine.memory_gib * 1024,
            "clone": {
                "customize": {"networkInterfaces": [{"ipv4Address": str(Standing(region, site, machine).address.ip)}]}
            },
            "disks": [{"label": "disk0", "size": 20}, *attached],
        }
        operations.append(Operation("create", MACHINE, name, inputs))
    return operations


class Engine:
    """Previews what the model foresees, and whatever a test adds."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.more: Callable[[str, Calamity], list[Operation]] = lambda *_: []
        self.broken: set[tuple[str, str]] = set()

    def preview(self, site: str, calamity: Calamity) -> Run:
        if (site, calamity.slug) in self.broken:
            raise PreviewError("the vCenter hung up")
        plan = foreseen(self.region, calamity)["stacks"][site]
        machines = created(self.region, site, list(plan.get("create", {}).get("machines", ())))
        situation = [Operation("update", SITUATION, "situation"), Operation("same", FOLDER, "other")]
        return Run("pulumi preview", operations=[*situation, *machines, *self.more(site, calamity)])


@pytest.fixture
def engine(region: Region) -> Engine:
    return Engine(region)


@pytest.fixture
def book(tmp_path: Path) -> PlanBook:
    return PlanBook(tmp_path / "plans")


def played(engine: Engine, book: PlanBook) -> dict[str, Rehearsed]:
    calamities = list(single_calamities(engine.region))
    found = list(Rehearsal(engine.region, book, engine.preview).play(calamities))
    assert [each.calamity for each in found] == calamities
    return {each.calamity.slug: each for each in found}


def approve(book: PlanBook, found: Mapping[str, Rehearsed]) -> None:
    for slug, rehearsed in found.items():
        assert rehearsed.plan is not None, rehearsed.why
        book.approve(slug, rehearsed.plan)


def statuses(found: Mapping[str, Rehearsed]) -> dict[str, Status]:
    return {slug: each.status for slug, each in found.items()}


def test_a_plan_is_verified_once_it_is_approved_and_until_the_engine_would_do_otherwise(
    engine: Engine, book: PlanBook
) -> None:
    first = played(engine, book)
    assert set(statuses(first).values()) == {Status.NOT_VERIFIED}
    assert {each.why for each in first.values()} == {"no plan was approved yet"}
    approve(book, first)
    second = played(engine, book)
    assert set(statuses(second).values()) == {Status.VERIFIED}
    assert second["lost-veldoord"].why == "36 machines appear at zandermeer"
    assert second["closed-kolkwijde-town-hall"].why == "no resource changes"
    rule = Operation("create", RULE, "kolkwijde-workplaces-broker")
    engine.more = lambda site, calamity: [rule] if (site, calamity.slug) == ("zandermeer", "lost-veldoord") else []
    third = played(engine, book)
    assert {slug for slug, each in third.items() if each.status is not Status.VERIFIED} == {"lost-veldoord"}
    assert third["lost-veldoord"].status is Status.NEEDS_VERIFIED
    assert [line for line in third["lost-veldoord"].difference if line[0] in "+-"] == [
        "+      anti-affinity rules:",
        "+      - kolkwijde-workplaces-broker",
    ]


def test_what_would_change_on_a_normal_day_is_in_no_plan_and_is_told(engine: Engine, book: PlanBook) -> None:
    approve(book, played(engine, book))
    engine.more = lambda *_: [UNRELATED]
    calamities = list(single_calamities(engine.region))
    rehearsal = Rehearsal(engine.region, book, engine.preview)
    assert {each.status for each in rehearsal.play(calamities)} == {Status.VERIFIED}
    assert rehearsal.usual == {site: [UNRELATED] for site in engine.region.sites}


def test_a_preview_that_fails_leaves_that_plan_unverified_and_says_why(engine: Engine, book: PlanBook) -> None:
    approve(book, played(engine, book))
    engine.broken = {("veldoord", "closed-wilgendam-town-hall")}
    found = played(engine, book)
    assert {slug for slug, each in found.items() if each.status is not Status.VERIFIED} == {
        "closed-wilgendam-town-hall"
    }
    assert found["closed-wilgendam-town-hall"].why == "the preview failed: the vCenter hung up"
    assert found["closed-wilgendam-town-hall"].plan is None


def test_a_site_whose_normal_day_cannot_be_previewed_verifies_no_plan_that_it_is_part_of(
    engine: Engine, book: PlanBook
) -> None:
    approve(book, played(engine, book))
    engine.broken = {("veldoord", "")}
    found = played(engine, book)
    without = {slug for slug, each in found.items() if each.status is Status.VERIFIED}
    assert without == {"lost-veldoord", "lost-veldoord-closed-kust-office"}
    assert found["lost-zandermeer"].why == "a normal day cannot be previewed at veldoord: the vCenter hung up"


def test_an_engine_that_would_make_other_machines_than_the_placement_is_not_verified_even_if_approved(
    engine: Engine, book: PlanBook
) -> None:
    surplus = created(engine.region, "zandermeer", ["kolkwijde-civil-affairs-database-1"])
    engine.more = lambda site, calamity: (
        surplus if (site, calamity.slug) == ("zandermeer", "closed-wilgendam-town-hall") else []
    )
    approve(book, played(engine, book))
    found = played(engine, book)
    assert {slug for slug, each in found.items() if each.status is not Status.VERIFIED} == {
        "closed-wilgendam-town-hall"
    }
    assert found["closed-wilgendam-town-hall"].why == (
        "create at zandermeer: engine and placement differ about kolkwijde-civil-affairs-database-1"
    )


def test_a_plan_that_cannot_be_read_is_told_and_may_be_approved_anew(engine: Engine, book: PlanBook) -> None:
    approve(book, played(engine, book))
    book.file("lost-zandermeer").write_text("- nonsense", encoding="utf-8")
    found = played(engine, book)
    assert {slug for slug, each in found.items() if each.status is not Status.VERIFIED} == {"lost-zandermeer"}
    assert "plans/lost-zandermeer.yaml: is no plan" in found["lost-zandermeer"].why
    approve(book, found)
    assert set(statuses(played(engine, book)).values()) == {Status.VERIFIED}


def test_a_lost_site_is_never_previewed_in_its_calamity(engine: Engine, book: PlanBook) -> None:
    asked, lock = set(), threading.Lock()

    def preview(site: str, calamity: Calamity) -> Run:
        with lock:
            asked.add((site, calamity.slug))
        return engine.preview(site, calamity)

    calamities = list(single_calamities(engine.region))
    list(Rehearsal(engine.region, book, preview).play(calamities))
    expected = {
        (site, calamity.slug) for calamity in calamities for site in engine.region.sites if site not in calamity.sites
    }
    assert asked == expected | {(site, "") for site in engine.region.sites}


def test_a_rehearsal_that_is_broken_off_ends_what_runs_and_begins_nothing_more(engine: Engine, book: PlanBook) -> None:
    calamities = list(single_calamities(engine.region))
    interrupted = threading.Event()
    asked: list[Calamity] = []

    def preview(site: str, calamity: Calamity) -> Run:
        asked.append(calamity)
        if calamity not in (NOTHING, calamities[0]):
            assert interrupted.wait(60), "nobody ended it"
        return engine.preview(site, calamity)

    play = Rehearsal(engine.region, book, preview, interrupted.set).play(calamities)
    for _ in play:
        break
    play.close()  # type: ignore[attr-defined]
    assert set(asked) < {NOTHING, *calamities}
    assert calamities[-1] not in asked


def test_a_stack_is_told_without_what_differs_from_run_to_run() -> None:
    machine: dict[str, Any] = {
        "numCpus": 2,
        "memory": 8192,
        "clone": {"customize": {"networkInterfaces": [{"ipv4Address": "10.0.0.1"}]}},
        "disks": [],
    }
    operations = [
        Operation("create", MACHINE, "b", machine),
        Operation("create", MACHINE, "a", machine),
        Operation("same", MACHINE, "c"),
        Operation("read", MACHINE, "d"),
        Operation("update", SITUATION, "situation"),
        Operation("update", MACHINE, "e", properties=("memory", "numCpus")),
        Operation("create-replacement", DISK, "f", properties=("size",)),
        Operation("replace", DISK, "f", properties=("size",)),
        Operation("delete-replaced", DISK, "f", properties=("size",)),
        Operation("delete", RULE, "g"),
        Operation("update", FOLDER, "h"),
        UNRELATED,
    ]
    told = {
        "create": {"machines": {"a": "2 vCPUs, 8 GiB, 10.0.0.1", "b": "2 vCPUs, 8 GiB, 10.0.0.1"}},
        "delete": {"anti-affinity rules": ["g"]},
        "replace": {"data disks": {"f": "size"}},
        "update": {"folder": {"h": "properties that the engine does not name"}, "machines": {"e": "memory, numCpus"}},
    }
    assert stack_plan(operations, without=[UNRELATED]) == told
    assert stack_plan(reversed(operations), without=[UNRELATED]) == told


def test_every_placed_machine_is_told_as_the_model_tells_it(region: Region) -> None:
    for calamity in single_calamities(region):
        placement = place(region, calamity.situation(region))
        for site, plan in foreseen(region, calamity)["stacks"].items():
            names = [m.name for key in placement.runs_at(site) for m in region.workloads[key].machines]
            told = stack_plan(created(region, site, names))["create"]["machines"]
            assert plan.get("create", {}).get("machines", {}).items() <= told.items()
