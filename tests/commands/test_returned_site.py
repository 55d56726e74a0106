"""A lost site comes back: with its old machines running, or rebuilt and empty."""

from __future__ import annotations

from tests.commands.conftest import Desk
from tests.commands.inventories import inventory, machine
from tests.commands.stacks import Stacks, lines
from tests.continuity.situations import situation
from uitwijk.commands.readiness.line import Verdict
from uitwijk.commands.readiness.sites import lost_line, rebuilt_lines, split_brain_line
from uitwijk.continuity import place
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.region import Region
from uitwijk.observe.inventory import Inventory

LOST = {"lost": ["veldoord"], "promoted": {"veldoord": "zandermeer"}}


def cold_of(region: Region, home: str) -> list[str]:
    workloads = (workload for workload in region.workloads.values() if workload.home == home and not workload.hot)
    return sorted(machine.name for workload in workloads for machine in workload.machines)


def running(region: Region, site: str, names: list[str]) -> Inventory:
    return inventory(region, site, [machine(name) for name in names])


def holding(site: str, machines: list[str]) -> StackFacts:
    return StackFacts(site, True, machines=frozenset(machines))


def test_old_machines_that_run_again_at_a_lost_site_are_split_brain_with_fencing_as_the_first_remedy(
    region: Region,
) -> None:
    old = cold_of(region, "veldoord")
    both = {site: running(region, site, old) for site in region.sites}
    line = split_brain_line(region, place(region, situation(region, **LOST)), both)
    assert line.verdict is Verdict.FAIL
    assert line.why.startswith(f"{len(old)} cold machines run at veldoord and zandermeer at once: ")
    assert line.remedy == (
        "cut the production network of veldoord, declare it drained, "
        "then `pulumi up --stack veldoord --continue-on-error`"
    )


def test_a_lost_site_that_answers_is_told_with_what_runs_there(region: Region) -> None:
    line = lost_line(region, "veldoord", running(region, "veldoord", cold_of(region, "veldoord")[:5]))
    assert line.verdict is Verdict.ATTENTION
    assert line.why.endswith(" answers: 5 cold machines run there")
    assert "fencing" in line.remedy


def test_a_lost_site_that_is_silent_is_as_it_should_be(region: Region) -> None:
    assert lost_line(region, "veldoord", "10.0.0.1:443 does not answer within 10 s").verdict is Verdict.OK


def test_a_lost_site_of_which_nobody_knows_the_vcenter_changes_nothing(desk: Desk) -> None:
    desk.must_declare("lost veldoord")
    assert desk.uitwijk("check").code == 0


def test_a_lost_site_whose_stack_was_kept_there_is_known_by_its_stack_file(
    desk: Desk, engine: Stacks, refusing: str
) -> None:
    engine.configured("zandermeer", refusing)
    engine.configured_by_file("veldoord", refusing, desk.folder)
    desk.must_declare("lost veldoord")
    line = lines(desk)["vCenter veldoord"]
    assert line["why"] == f"the site is declared lost, and {refusing} refuses connections"


def test_a_vcenter_without_any_machine_of_its_stack_was_rebuilt(region: Region) -> None:
    (line,) = rebuilt_lines(holding("zandermeer", ["a", "b"]), running(region, "zandermeer", ["c"]))
    assert line.verdict is Verdict.FAIL
    assert line.why.startswith("none of the 2 machines that the state of the stack holds stands in ")
    assert line.remedy.endswith("`uitwijk rebuilt zandermeer`")


def test_a_vcenter_with_one_machine_of_its_stack_was_not_rebuilt(region: Region) -> None:
    assert not list(rebuilt_lines(holding("zandermeer", ["a", "b"]), running(region, "zandermeer", ["b"])))
    assert not list(rebuilt_lines(holding("zandermeer", []), running(region, "zandermeer", [])))
