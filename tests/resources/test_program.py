"""How the program ends when it must not go on: in plain words, and with nothing registered."""

from __future__ import annotations

import dataclasses
import re
import sys

import pulumi
import pytest

from tests.recorded import record_small
from tests.situations import ALL_NORMAL, HOME_DATA, SITUATIONS
from uitwijk.continuity import load_region, load_situation
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.guard import Refusal
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import ClosedBuilding, SiteState, Situation
from uitwijk.resources.program import refuse_if, told_plainly
from uitwijk.resources.testing import harmless
from uitwijk.resources.testing.recording import Recording


@pytest.fixture
def errors(monkeypatch) -> list[str]:
    """What the program tells the user."""
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", told.append)
    return told


def test_a_problem_ends_the_run_with_its_lines_alone(errors):
    with pytest.raises(SystemExit) as end, told_plainly():
        raise UitwijkError(["one", "two"])
    assert end.value.code == 32
    assert errors == ["one\ntwo"]


def test_a_file_that_cannot_be_had_ends_the_run_with_one_line(errors, tmp_path):
    with pytest.raises(SystemExit) as end, told_plainly():
        load_region(tmp_path / ("x" * 300))
    assert end.value.code == 32
    assert errors == [f"{tmp_path / ('x' * 300)}: File name too long"]


def test_an_odd_situation_ends_the_run_with_one_line(errors, tmp_path, region: Region):
    (tmp_path / "situation.yaml").write_text("epoch: " + "[" * 900, encoding="utf-8")
    with pytest.raises(SystemExit), told_plainly():
        load_situation(tmp_path / "situation.yaml", region)
    assert errors == ["situation.yaml: line 1: is nested too deep; 32 levels are the most"]


def test_a_mistake_in_the_program_itself_is_not_hidden():
    with pytest.raises(ZeroDivisionError), told_plainly():
        _ = 1 / 0
    assert not hasattr(sys, "tracebacklimit")


def test_all_refusals_are_told(errors):
    with pytest.raises(SystemExit), told_plainly():
        refuse_if([Refusal("vcenter", "no answer"), Refusal("epoch", "old")], StackFacts("veldoord", readable=True))
    assert errors == ["vcenter: no answer\nepoch: old"]


def test_a_run_that_cannot_read_its_own_state_goes_no_further(errors):
    with pytest.raises(SystemExit), told_plainly():
        refuse_if([], StackFacts("veldoord", readable=False, why="pulumi cannot be run"))
    assert errors == [
        "the state of this stack, veldoord, cannot be read by `pulumi stack export`: pulumi cannot be run"
    ]


def test_a_hypothetical_situation_is_previewed_whatever_the_facts(region: Region):
    calamity = SITUATIONS["S2"].model_copy(update={"hypothetical": True})
    facts = dataclasses.replace(harmless(region, "zandermeer"), vcenter_problem="no answer")
    recording = record_small("zandermeer", situation=calamity, facts=facts, preview=True)
    assert len(recording.machines) == len(region.machines)


def test_a_hypothetical_situation_is_never_applied(errors):
    calamity = SITUATIONS["S2"].model_copy(update={"hypothetical": True})
    with pytest.raises(SystemExit):
        record_small("zandermeer", situation=calamity)
    assert errors[0].startswith("hypothetical: this situation may be previewed")


def test_a_peer_that_still_holds_a_workload_stops_the_run(region: Region, errors):
    drained = Situation(
        epoch=5,
        sites={**ALL_NORMAL, "veldoord": SiteState.DRAINED},
        data={**HOME_DATA, "veldoord": "zandermeer"},
    )
    facts = harmless(region, "zandermeer")
    cold = {m.name for w in region.workloads.values() if w.home == "veldoord" and not w.hot for m in w.machines}
    own = dataclasses.replace(facts.own, machines=frozenset(region.machines) - cold)
    holding = StackFacts(site="veldoord", readable=True, epoch=5, digest=drained.digest, machines=frozenset(cold))
    with pytest.raises(SystemExit):
        record_small(
            "zandermeer",
            situation=drained,
            facts=dataclasses.replace(facts, own=own, peers={"veldoord": holding}),
        )
    assert errors[0].startswith(f"peer-holds: stack veldoord still holds {len(cold)} machines")


def test_what_a_peer_still_holds_waits_with_what_needs_it_and_the_rest_is_taken(region: Region, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", told.append)
    data = {**HOME_DATA, "veldoord": "zandermeer"}
    drained = Situation(epoch=5, sites={**ALL_NORMAL, "veldoord": SiteState.DRAINED}, data=data)
    held = "kolkwijde-civil-affairs-database-1"
    holding = StackFacts("veldoord", True, epoch=5, digest=drained.digest, machines=frozenset({held}))
    facts = dataclasses.replace(harmless(region, "zandermeer"), peers={"veldoord": holding})
    recording = record_small("zandermeer", situation=drained, facts=facts)
    waiting = recording.outputs["waiting"]
    assert waiting["kolkwijde/civil-affairs"] == "peer-holds"
    assert set(waiting.values()) == {"peer-holds", "needs kolkwijde/civil-affairs"}
    later = {machine.name for key in waiting for machine in region.workloads[key].machines}
    assert set(recording.machines) == set(region.machines) - later
    assert next(each for each in recording if each.name == "situation").inputs["waiting"] == waiting
    first, second = told
    assert first.startswith("1 workloads wait (kolkwijde/civil-affairs): peer-holds: stack veldoord still holds 1 ")
    assert second.startswith(f"{len(waiting) - 1} workloads wait for others: ")


def test_what_waits_and_stands_here_stays_as_it_is(region: Region, monkeypatch):
    monkeypatch.setattr(pulumi.log, "warn", lambda _: None)
    back = Situation(epoch=7, sites=ALL_NORMAL, data=HOME_DATA)
    old = "kolkwijde-civil-affairs-database-1"
    facts = harmless(region, "zandermeer")
    own = dataclasses.replace(facts.own, machines=frozenset(region.machines))
    returned = StackFacts("veldoord", True, epoch=6, digest="another", machines=frozenset({old}))
    given = record_small(
        "zandermeer", situation=back, facts=dataclasses.replace(facts, own=own, peers={"veldoord": returned})
    )
    kept = {m.name for m in region.workloads["kolkwijde/civil-affairs"].machines}
    assert given.outputs["waiting"]["kolkwijde/civil-affairs"] == "gives-to-unsafe-peer"
    assert kept <= set(given.machines)
    assert "kolkwijde-taxes-application-1" not in given.machines


def test_a_data_disk_that_was_made_and_is_gone_is_not_made_anew(region: Region, monkeypatch):
    monkeypatch.setattr(pulumi.log, "warn", lambda _: None)
    disk = "kolkwijde-civil-affairs-database-1-data"
    facts = harmless(region, "veldoord")
    machines = {m.name for key, w in region.workloads.items() for m in w.machines if w.hot or w.home == "veldoord"}
    left = {name: size for name, size in facts.own.disks.items() if name != disk}
    own = dataclasses.replace(
        facts.own,
        machines=frozenset(machines - {"kolkwijde-documents-files-1"}),
        disks=left,
        remembered=facts.own.disks,
    )
    recording = record_small("veldoord", facts=dataclasses.replace(facts, own=own))
    kinds = {each.type.rpartition(":")[2] for each in recording if each.name == disk}
    assert kinds == {"DataDisk"}
    assert recording.outputs["waiting"]["kolkwijde/civil-affairs"] == "disk-gone"
    assert "kolkwijde-civil-affairs-database-1" in recording.machines


def test_a_lost_site_is_not_touched(errors):
    with pytest.raises(SystemExit):
        record_small("veldoord", situation=SITUATIONS["S2"])
    assert "veldoord is declared lost" in errors[0]


def test_a_situation_that_is_not_legal_stops_the_run(errors):
    with pytest.raises(SystemExit):
        record_small(
            "veldoord", situation=SITUATIONS["S1"].model_copy(update={"closed_buildings": {"elders": ClosedBuilding()}})
        )
    assert "elders is no building" in errors[0]


def test_where_room_has_to_be_made_a_first_up_only_removes_and_the_next_one_creates(catalogue, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", told.append)
    sites = catalogue.folder / "sites.yaml"
    few = (line for line in sites.read_text().splitlines() if not re.search("zandermeer-host-[345]", line))
    sites.write_text("\n".join(few))
    region = load_region(catalogue.folder)
    facts = harmless(region, "zandermeer")

    def up(running: frozenset[str]) -> Recording:
        own = dataclasses.replace(facts.own, machines=running)
        told.clear()
        return record_small(
            "zandermeer",
            catalogue=catalogue.folder,
            situation=SITUATIONS["S2"],
            facts=dataclasses.replace(facts, own=own),
        )

    before = frozenset(record_small("zandermeer", catalogue=catalogue.folder).machines)
    first = up(before)
    kept = frozenset(first.machines)
    assert kept < before
    assert set(first.outputs["waiting"].values()) == {"room"}
    waiting = {machine.name for key in first.outputs["waiting"] for machine in region.workloads[key].machines}
    assert "wait for room at zandermeer" in told[1]
    assert "`pulumi up --stack zandermeer --continue-on-error` once more" in told[1]

    second = up(kept)
    assert set(second.machines) == kept | waiting
    assert second.outputs["waiting"] == {}
    shed = second.outputs["shed"]
    assert [line.split(": ")[0] for line in told] == [f"no site has room for {len(shed)} workloads"]
