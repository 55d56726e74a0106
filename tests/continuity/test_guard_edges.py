"""The guard where there are three sites, stacks that were never applied and names within names; and what it says."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from tests.continuity.regions import build
from tests.continuity.situations import situation
from tests.continuity.stacks import LOST, PEER_DRAINED, disks, machines, refusals, rows, stack
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import LogEntry, Situation
from uitwijk.wording import names

THREE = {site: [(40, 250)] * 3 for site in ("east", "north", "west")}


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        (["b", "a"], "a, b"),
        (["d", "c", "b", "a"], "a, b, c, d"),
        (["e", "d", "c", "b", "a"], "a, b, c, d and 1 more"),
        (["f", "e", "d", "c", "b", "a"], "a, b, c, d and 2 more"),
    ],
)
def test_a_list_names_the_first_four_and_counts_the_rest(items: list[str], text: str) -> None:
    assert names(items) == text


def test_a_peer_that_is_ahead_of_a_stack_never_applied_is_refused(region: Region) -> None:
    old, new = situation(region, epoch=4), situation(region, epoch=5)
    assert rows(region, old, stack(region, "veldoord", None), stack(region, "zandermeer", new)) == ["epoch"]


def test_a_second_peer_that_cannot_be_read_is_given_nothing() -> None:
    region = build(hosts=THREE, municipalities={"m0": {"home": "west", "seats": 3}})
    normal = situation(region)
    own = stack(region, "east", normal)
    holding = StackFacts("east", readable=True, machines=own.machines | machines(region, ["m0/registry"]))
    (refusal,) = refusals(
        region, normal, holding, stack(region, "north", normal), stack(region, "west", normal, readable=False)
    )
    assert refusal.row == "gives-to-unsafe-peer"
    assert "1 workloads would be given to west (m0/registry)" in refusal.text


def test_a_machine_that_left_the_catalogue_is_of_the_workload_with_the_longest_name_that_fits() -> None:
    region = build(
        hosts={site: THREE[site] for site in ("east", "west")},
        municipalities={"m0": {"home": "west", "seats": 3}, "m0-registry": {"home": "east", "seats": 3}},
    )
    normal = situation(region)
    left = "m0-registry-reports-old-1"
    peer = StackFacts("west", readable=True, machines=frozenset({left}), disks=disks(region, "west"))
    (refusal,) = refusals(region, normal, stack(region, "east", normal), peer)
    assert refusal.row == "peer-holds"
    assert left in refusal.text


def test_a_peer_that_nobody_asked_is_named_with_the_reason(region: Region) -> None:
    declared = situation(region, **PEER_DRAINED, epoch=6)
    (refusal,) = refusals(region, declared, stack(region, "zandermeer", situation(region, epoch=5)))
    assert "the state of stack veldoord cannot be read (it was not asked), so" in refusal.text


def test_a_refusal_that_may_be_lifted_says_how_and_at_what_risk(region: Region) -> None:
    normal, declared = situation(region, epoch=5), situation(region, **PEER_DRAINED, epoch=6)
    own = stack(region, "zandermeer", normal)
    for readable, row in ((True, "peer-holds"), (False, "peer-unreadable")):
        (refusal,) = refusals(region, declared, own, stack(region, "veldoord", normal, readable=readable))
        lift = f". `uitwijk declare override {row}` lifts this for one epoch, at the risk of split brain"
        assert refusal.text.endswith(lift)


def test_two_copies_of_one_epoch_are_told_how_to_agree(region: Region) -> None:
    normal, other = situation(region, epoch=5), situation(region, **LOST, epoch=5)
    (refusal,) = refusals(region, other, stack(region, "zandermeer", normal))
    assert refusal.text.endswith(
        ": two copies were changed at once. Agree on one and declare it anew; `uitwijk declare …` gives the next epoch"
    )


def test_a_disk_of_another_size_keeps_its_size_and_gets_a_neighbour(region: Region) -> None:
    normal = situation(region)
    own = stack(region, "veldoord", normal)
    resized = StackFacts("veldoord", readable=True, machines=own.machines, disks=dict.fromkeys(own.disks, 1))
    (refusal,) = refusals(region, normal, resized, stack(region, "zandermeer", normal))
    assert refusal.text.endswith(
        ". Neither the provider nor the engine resizes an attached disk. Put the size back that the catalogue had, and "
        "give the role a further data disk (catalogue/services.yaml, disks)"
    )


def logged(declared: Situation, **changes: str) -> Situation:
    """The situation with this log: what was declared, by `epoch_<number>`."""
    at = datetime.datetime(2026, 11, 28, tzinfo=datetime.UTC)
    log = [
        LogEntry(epoch=int(key.removeprefix("epoch_")), at=at, by="me", change=change, reason="fire")
        for key, change in changes.items()
    ]
    return declared.model_copy(update={"log": tuple(log)})


AWAY, HOME = "promoted veldoord at zandermeer", "promoted veldoord at veldoord"


def test_machines_that_ran_on_while_their_data_was_away_are_refused_with_the_last_time_it_went(region: Region) -> None:
    back = logged(
        situation(region, epoch=11),
        epoch_6=AWAY, epoch_7=HOME, epoch_8=AWAY, epoch_9=HOME, epoch_10=f"lost veldoord, {AWAY}", epoch_11=HOME,
    )  # fmt: skip
    own, peer = stack(region, "veldoord", situation(region, epoch=5)), stack(region, "zandermeer", back)
    (refusal,) = refusals(region, back, own, peer)
    assert refusal.row == "data-moved"
    cold = machines(region, (key for key, w in region.workloads.items() if not w.hot and w.home == "veldoord"))
    told = f"{len(cold)} machines here work on dataset veldoord ({names(cold)}). In epoch 10 it was promoted away, and "
    assert refusal.text.startswith(f"{told}stack veldoord was last brought up in epoch 5: ")


def test_data_that_was_away_before_the_last_up_or_is_of_others_is_no_hindrance(region: Region) -> None:
    at_home = situation(region, epoch=7)
    peer = stack(region, "zandermeer", at_home)
    before = logged(at_home, epoch_5=AWAY, epoch_6=HOME)
    assert rows(region, before, stack(region, "veldoord", situation(region, epoch=5)), peer) == []
    others = logged(at_home, epoch_6="promoted zandermeer at veldoord", epoch_7="promoted zandermeer at zandermeer")
    assert rows(region, others, stack(region, "veldoord", situation(region, epoch=5)), peer) == []


def test_only_machines_of_the_dataset_that_was_away_are_counted(region: Region) -> None:
    over = situation(region, **LOST, epoch=5)
    since = logged(situation(region, **LOST, epoch=7), epoch_6="promoted zandermeer at veldoord")
    (refusal,) = refusals(region, since, stack(region, "zandermeer", over))
    own = machines(region, (key for key, w in region.workloads.items() if not w.hot and w.home == "zandermeer"))
    assert refusal.text.startswith(f"{len(own)} machines here work on dataset zandermeer ")


def test_machines_of_a_stack_that_never_said_its_epoch_are_as_old_as_can_be(region: Region) -> None:
    back = logged(situation(region, epoch=2), epoch_1=AWAY, epoch_2=HOME)
    own = replace(stack(region, "veldoord", situation(region)), epoch=None, digest=None)
    (refusal,) = refusals(region, back, own, stack(region, "zandermeer", back))
    assert refusal.row == "data-moved"
    assert "last brought up in epoch 0" in refusal.text
