"""An exercise played for the recorder: the small region on an imagined clock, with everything a report can hold.

Run as a script, it writes a folder of evidence and renders it: `python -m tests.evidence.sample DIR [broken] [living]`.
"""

from __future__ import annotations

import contextlib
import datetime
import sys
from pathlib import Path
from typing import Any

from tests.evidence.living import Live, live_with, without_guests
from tests.regions import SMALL
from uitwijk.continuity import place
from uitwijk.continuity.declaration import Change, declare
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.scenario_report import ChangedResource, LostMarker
from uitwijk.lessons.lesson import Lesson

REGION, NORMAL = SMALL.region, SMALL.situation
PASSWORD = "Sentinel-9f2c-password"
TOOLS = {
    "uitwijk": "0.1.0",
    "pulumi": "3.259.0",
    "pulumi-vsphere": "4.17.0",
    "pulumi-random": "4.21.4",
    "vCenter": "8.0.3",
}
LIMITS = ("No guest boots: times are engine times.", "No storage array: replication is imitated by copying folders.")
LESSONS = [
    Lesson.model_validate(given)
    for given in (
        {
            "id": "L2",
            "text": "Rehearse the promotion with the storage administrator twice a year.",
            "owner": "ICT manager, Kust",
            "opened": "2026-03-06",
            "due": "2026-10-01",
            "drill": "evidence/20260227-081500",
            "scenario": "S2",
        },
        {
            "id": "L4",
            "text": "Agree which 12 people of the three work from home first.",
            "owner": "continuity managers, jointly",
            "opened": "2026-03-06",
            "due": "2027-03-01",
        },
        {
            "id": "L1",
            "text": "Agree with Wilgendam who opens the hall outside office hours.",
            "owner": "continuity manager, Kolkwijde",
            "opened": "2026-03-06",
            "due": "2026-06-01",
            "scenario": "S1",
            "closed": {"date": "2026-05-20", "by": "continuity manager, Kolkwijde", "how": "two keys, at the police"},
        },
    )
]
OPERATIONS = ("create", "update", "delete", "same")


class Clock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self.moment = datetime.datetime(2026, 11, 27, 8, 12, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.moment

    def passes(self, seconds: float) -> None:
        self.moment += datetime.timedelta(seconds=seconds)


def declared(situation: Situation, *changes: str) -> Situation:
    """The situation after `lost veldoord`, `closed kust-office`, …"""
    made = [Change(*text.split()) for text in changes]
    moment = datetime.datetime(2026, 11, 27, 8, tzinfo=datetime.UTC)
    return declare(REGION, situation, made, by="duty officer", reason="exercise", at=moment)


def play(directory: Path, *, broken: bool = False, living: bool = False, actor: str = "duty officer") -> Evidence:
    """Record an exercise of three calamities in `directory`.

    Args:
        broken: one check fails and the last calamity is interrupted; with living guests, one call is answered by the
            wrong municipality and one guest does not start.
        living: guests live, and people call and work with them; else a reason is given why not.
    """
    clock = Clock()
    with contextlib.suppress(KeyboardInterrupt), Evidence(directory, TOOLS, actor, clock=clock) as evidence:
        evidence.forbid([PASSWORD])
        evidence.describe(REGION)
        for limit in LIMITS:
            evidence.limit(limit)
        evidence.carry_over(LESSONS)
        evidence.reproduce("git checkout 8f67c83", "make drill")
        live = live_with(REGION, wrong=broken) if living else without_guests
        town_hall(evidence, clock, live)
        office_lost(evidence, clock, live)
        office_returns(evidence, clock, broken=broken)
        zandermeer_lost(evidence, clock, live, broken=broken)
    return evidence


def step(scenario: Scenario, clock: Clock, name: str, seconds: float, result: str, command: str | None = None) -> None:
    with scenario.step(name, command) as begun:
        clock.passes(seconds)
        begun.result = result


def situations(scenario: Scenario, *stages: Situation) -> None:
    for when, situation in zip(("before", "during", "after"), stages, strict=False):
        scenario.placement(when, place(REGION, situation).to_dict())


def machine_checks(scenario: Scenario, site: str, homes: set[str]) -> int:
    """One check for each cold machine of the given homes; as many as a real drill makes."""
    machines = [m for m in REGION.machines.values() if not cold_elsewhere(REGION, m.workload, homes)]
    for machine in machines:
        seen = {"powered": "on", "vcpus": machine.vcpus, "memory_gib": machine.memory_gib, "network": machine.network}
        scenario.check(f"{machine.name} runs at {REGION.sites[site].name} as the catalogue says", seen, seen, True)
    return len(machines)


def cold_elsewhere(region: Region, key: str, homes: set[str]) -> bool:
    return region.workloads[key].hot or region.workloads[key].home not in homes


def town_hall(evidence: Evidence, clock: Clock, live: Live) -> None:
    closed = declared(NORMAL, "closed kolkwijde-town-hall")
    with evidence.scenario("S1-kolkwijde", "The town hall of Kolkwijde cannot be reached") as scenario:
        situations(scenario, NORMAL, closed, declared(closed, "opened kolkwijde-town-hall"))
        scenario.declared()
        step(
            scenario,
            clock,
            "Declare the town hall closed",
            0.4,
            "epoch 2",
            "uitwijk declare closed kolkwijde-town-hall",
        )
        for site in ("veldoord", "zandermeer"):
            step(
                scenario,
                clock,
                f"Bring stack {site} to the situation",
                14.2,
                "no machine changed",
                f"pulumi up --stack {site}",
            )
            scenario.changes(site, dict.fromkeys(OPERATIONS, 0) | {"same": 512}, [])
        live(scenario, NORMAL, closed, NORMAL)
        scenario.check("No machine is touched", [], [], True)
        scenario.check("People of Kolkwijde have a seat elsewhere", {"kust-office": 20}, {"kust-office": 20}, True)
        scenario.check("The numbers 0527 99 12 00 to 99 ring where people sit", "yes", "yes", True)
        scenario.check("A 112 call names the building where it is made", "yes", "yes", True)
        step(scenario, clock, "Reopen the town hall", 0.3, "epoch 3", "uitwijk declare opened kolkwijde-town-hall")
        step(scenario, clock, "Bring both stacks back", 27.5, "no machine changed", "pulumi up --stack …")


def office_lost(evidence: Evidence, clock: Clock, live: Live) -> None:
    lost = declared(declared(NORMAL, "lost veldoord", "closed kust-office"), "promoted veldoord zandermeer")
    with evidence.scenario("S2-office-lost", "Kust office is lost, with its ICT") as scenario:
        situations(scenario, NORMAL, lost)
        step(scenario, clock, "Cut off Veldoord: its vCenter, datastores, state and secrets", 1.1, "unreachable")
        scenario.declared()
        step(
            scenario,
            clock,
            "Declare Veldoord lost and the office closed",
            0.5,
            "epoch 4",
            "uitwijk declare lost veldoord closed kust-office",
        )
        step(
            scenario,
            clock,
            "Promote the replica of Veldoord's data at Zandermeer",
            2.2,
            "writable at zandermeer",
            "uitwijk declare promoted veldoord --at zandermeer",
        )
        step(
            scenario,
            clock,
            "Preview stack zandermeer",
            9.6,
            "124 machines to create",
            "pulumi preview --stack zandermeer",
        )
        step(
            scenario,
            clock,
            "Take over at Zandermeer",
            38.4,
            "124 machines created",
            "pulumi up --continue-on-error --stack zandermeer",
        )
        for recovery_class, hours, seconds, machines in (
            ("R0", 1, 21.4, 3),
            ("R1", 4, 44.9, 78),
            ("R2", 24, 49.2, 27),
            ("R3", 72, 50.3, 16),
        ):
            scenario.recovery(recovery_class, hours, seconds, machines)
        made = [
            ChangedResource(op="create", type="vsphere:index/virtualMachine:VirtualMachine", name=m.name)
            for m in REGION.machines.values()
            if not cold_elsewhere(REGION, m.workload, {"veldoord"})
        ]
        scenario.changes("zandermeer", {"create": len(made), "update": 0, "delete": 0, "same": 331}, made)
        with scenario.step("Check the machines on Zandermeer's vCenter") as begun:
            clock.passes(12.7)
            begun.result = f"{machine_checks(scenario, 'zandermeer', {'veldoord'})} machines compared"
        live(scenario, NORMAL, lost, cut="veldoord")
        scenario.check("No request went to Veldoord after the cut", 0, 0, True)
        scenario.check("The second preview is empty", "no changes", "no changes", True)
        found = [f"marker-{number:02}" for number in range(1, 9)]
        scenario.data_loss("veldoord", found, [LostMarker(marker="marker-09", age_seconds=3.2)])


def office_returns(evidence: Evidence, clock: Clock, *, broken: bool) -> None:
    lost = declared(declared(NORMAL, "lost veldoord", "closed kust-office"), "promoted veldoord zandermeer")
    back = declared(
        declared(lost, "drained veldoord", "opened kust-office"), "promoted veldoord veldoord", "normal veldoord"
    )
    with evidence.scenario("S2-return", "Veldoord returns and takes its work back") as scenario:
        situations(scenario, lost, declared(lost, "drained veldoord", "opened kust-office"), back)
        scenario.declared()
        step(scenario, clock, "Declare Veldoord drained", 0.4, "epoch 6", "uitwijk declare drained veldoord")
        step(
            scenario,
            clock,
            "Clear what is left at Veldoord",
            31.9,
            "124 machines deleted",
            "pulumi up --stack veldoord",
        )
        step(scenario, clock, "Copy the data back", 5.0, "veldoord is up to date")
        step(scenario, clock, "Release at Zandermeer", 22.8, "124 machines deleted", "pulumi up --stack zandermeer")
        step(scenario, clock, "Take back at Veldoord", 36.1, "124 machines created", "pulumi up --stack veldoord")
        scenario.recovery("R0", 1, 81.0, 3)
        scenario.recovery("R1", 4, 97.5, 78)
        machine_checks(scenario, "veldoord", {"veldoord"})
        scenario.changes("veldoord", {"create": 124, "update": 0, "delete": 124, "same": 331}, [])
        names = sorted(REGION.machines)
        if broken:
            scenario.check("The first inventory is there again", names, [*names[2:], "kolkwijde-counter-copy-1"], False)
            scenario.check(
                "The address of kolkwijde-civil-affairs-database-1 follows its name",
                {"address": "10.1.24.40", "dns": "both sites"},
                {"address": "10.2.24.40", "dns": "both sites"},
                False,
            )
        else:
            scenario.check("The first inventory is there again", names, names, True)
        scenario.data_loss("veldoord", ["marker-10", "marker-11"], [])


def zandermeer_lost(evidence: Evidence, clock: Clock, live: Live, *, broken: bool) -> None:
    lost = declared(declared(NORMAL, "lost zandermeer", "closed zandermeer-town-hall"), "promoted zandermeer veldoord")
    planned = ("Take over at Veldoord", "Check the machines on Veldoord's vCenter", "Failback to Zandermeer")
    with evidence.scenario("S3-zandermeer-lost", "Zandermeer is lost, with its town hall", planned) as scenario:
        situations(scenario, NORMAL, lost)
        scenario.declared()
        step(
            scenario,
            clock,
            "Declare Zandermeer lost and its town hall closed",
            0.4,
            "epoch 9",
            "uitwijk declare lost zandermeer closed zandermeer-town-hall",
        )
        scenario.not_executed("Count the keys of the town hall", "nobody had the list")
        for manual in place(REGION, lost).manual_steps:
            scenario.not_executed(manual.step, "left to people", manual.owner)
        if broken:
            with scenario.step("Take over at Veldoord", f"VSPHERE_PASSWORD={PASSWORD} pulumi up --stack veldoord"):
                clock.passes(17.3)
                scenario.recovery("R0", 1, 13.8, 2)
                scenario.recovery("R1", 4, None, 53)
                raise KeyboardInterrupt
        step(scenario, clock, "Take over at Veldoord", 24.6, "62 machines created", "pulumi up --stack veldoord")
        for recovery_class, hours, seconds, machines in (("R0", 1, 12.9, 2), ("R1", 4, 19.1, 40), ("R2", 24, 22.2, 12)):
            scenario.recovery(recovery_class, hours, seconds, machines)
        with scenario.step("Check the machines on Veldoord's vCenter") as begun:
            clock.passes(8.8)
            begun.result = f"{machine_checks(scenario, 'veldoord', {'zandermeer'})} machines compared"
        live(scenario, NORMAL, lost, NORMAL, cut="zandermeer")
        scenario.failback()
        step(scenario, clock, "Failback to Zandermeer", 58.0, "first placement again", "pulumi up --stack zandermeer")
        scenario.placement("after", place(REGION, NORMAL).to_dict())
        scenario.data_loss("zandermeer", ["marker-12"], [])


def main(arguments: list[str]) -> Any:
    from uitwijk.drill.report.page import render

    play(Path(arguments[0]), broken="broken" in arguments, living="living" in arguments)
    print(render(Path(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
