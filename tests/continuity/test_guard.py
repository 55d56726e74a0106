"""The guard, row by row: what it refuses, and what it lets pass. What concerns disks is in `test_guard_data`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.continuity.situations import situation
from tests.continuity.stacks import LOST, PEER_DRAINED, machines, refusals, rows, stack
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation


@pytest.fixture(scope="module")
def normal(region: Region) -> Situation:
    return situation(region, epoch=5)


# Nothing to refuse


@pytest.mark.parametrize("site", ["veldoord", "zandermeer"])
def test_a_normal_day_is_not_refused(region: Region, normal: Situation, site: str) -> None:
    other = "zandermeer" if site == "veldoord" else "veldoord"
    assert rows(region, normal, stack(region, site, normal), stack(region, other, normal)) == []


def test_a_first_set_up_is_not_refused(region: Region, normal: Situation) -> None:
    assert rows(region, normal, stack(region, "veldoord", None), stack(region, "zandermeer", None)) == []


def test_a_failover_asks_nothing_of_the_lost_site(region: Region, normal: Situation) -> None:
    declared = situation(region, **LOST, epoch=6)
    assert rows(region, declared, stack(region, "zandermeer", normal)) == []


def test_facts_about_a_lost_site_mean_nothing(region: Region, normal: Situation) -> None:
    declared = situation(region, **LOST, epoch=6)
    still_held = stack(region, "veldoord", situation(region, epoch=99))
    assert rows(region, declared, stack(region, "zandermeer", normal), still_held) == []


def test_a_peer_that_was_never_applied_holds_nothing(region: Region, normal: Situation) -> None:
    assert rows(region, normal, stack(region, "veldoord", normal), stack(region, "zandermeer", None)) == []


# Row 1: the epoch


def test_an_older_situation_than_this_stack_applied_is_refused(region: Region, normal: Situation) -> None:
    old = situation(region, epoch=4)
    (refusal,) = refusals(region, old, stack(region, "veldoord", normal), stack(region, "zandermeer", old))
    assert refusal.row == "epoch"
    assert "epoch 4" in refusal.text
    assert "stack veldoord has already applied epoch 5" in refusal.text
    assert "git pull" in refusal.text


def test_an_older_situation_than_a_readable_peer_applied_is_refused(region: Region, normal: Situation) -> None:
    old = situation(region, epoch=4)
    assert rows(region, old, stack(region, "veldoord", old), stack(region, "zandermeer", normal)) == ["epoch"]


def test_both_stacks_that_are_ahead_are_named(region: Region, normal: Situation) -> None:
    old = situation(region, epoch=4)
    assert rows(region, old, stack(region, "veldoord", normal), stack(region, "zandermeer", normal)) == ["epoch"] * 2


def test_a_newer_situation_is_not_refused(region: Region, normal: Situation) -> None:
    newer = situation(region, epoch=6)
    assert rows(region, newer, stack(region, "veldoord", normal), stack(region, "zandermeer", normal)) == []


def test_the_same_epoch_with_other_content_is_refused(region: Region, normal: Situation) -> None:
    other = situation(region, epoch=5, closed=["wilgendam-town-hall"])
    (refusal,) = refusals(region, normal, stack(region, "veldoord", normal), stack(region, "zandermeer", other))
    assert refusal.row == "epoch"
    assert "stack zandermeer has applied another situation with the same epoch 5" in refusal.text


def test_the_same_epoch_with_another_log_or_override_is_the_same_content(region: Region, normal: Situation) -> None:
    overridden = situation(region, epoch=5, override=["peer-holds"])
    own, peer = stack(region, "veldoord", normal), stack(region, "zandermeer", normal)
    assert rows(region, overridden, own, peer) == []


def test_an_unreadable_peers_epoch_is_not_known(region: Region, normal: Situation) -> None:
    peer = stack(region, "zandermeer", normal, readable=False)
    assert rows(region, situation(region, epoch=5), stack(region, "veldoord", normal), peer) == []


# Row 2: hypothetical


def test_a_hypothetical_situation_may_be_previewed_whatever_else_is_wrong(region: Region, normal: Situation) -> None:
    declared = situation(region, lost=["veldoord"], hypothetical=True, epoch=1)
    assert rows(region, declared, stack(region, "veldoord", normal), vcenter="refuses connections") == []


# Row 3: this site


def test_a_site_that_is_declared_lost_is_refused(region: Region, normal: Situation) -> None:
    declared = situation(region, **LOST, epoch=6)
    own, peer = stack(region, "veldoord", normal), stack(region, "zandermeer", normal)
    (refusal,) = refusals(region, declared, own, peer)
    assert refusal.row == "own-site-lost"
    assert "uitwijk declare drained veldoord" in refusal.text


def test_a_vcenter_that_does_not_answer_is_refused(region: Region, normal: Situation) -> None:
    own, peer = stack(region, "veldoord", normal), stack(region, "zandermeer", normal)
    (refusal,) = refusals(region, normal, own, peer, vcenter="no answer within 10 s")
    assert refusal.row == "vcenter"
    assert "no answer within 10 s" in refusal.text
    assert "uitwijk declare lost veldoord" in refusal.text


# Row 4: the peer holds


def test_a_workload_that_the_peer_still_holds_is_refused(region: Region, normal: Situation) -> None:
    declared = situation(region, **PEER_DRAINED, epoch=6)
    own, peer = stack(region, "zandermeer", normal), stack(region, "veldoord", normal)
    (refusal,) = refusals(region, declared, own, peer)
    assert refusal.row == "peer-holds"
    assert "stack veldoord still holds 36 machines of workloads placed here: " in refusal.text
    assert "kolkwijde-civil-affairs-application-1" in refusal.text
    assert "pulumi up --stack veldoord --continue-on-error" in refusal.text


def test_one_machine_of_a_workload_at_the_peer_is_enough(region: Region, normal: Situation) -> None:
    held = machines(region, ["kolkwijde/taxes"])
    peer = StackFacts("zandermeer", readable=True, epoch=5, digest=normal.digest, machines=held)
    assert rows(region, normal, stack(region, "veldoord", normal), peer) == ["peer-holds"]


@pytest.mark.parametrize("left", ["kolkwijde-civil-affairs-archive-1", "kolkwijde-workplaces-session-host-99"])
def test_a_machine_at_the_peer_that_left_the_catalogue_is_still_its_workloads(
    region: Region, normal: Situation, left: str
) -> None:
    peer = stack(region, "zandermeer", normal)
    peer = replace(peer, machines=peer.machines | {left})
    (refusal,) = refusals(region, normal, stack(region, "veldoord", normal), peer)
    assert refusal.row == "peer-holds"
    assert left in refusal.text


def test_a_machine_at_the_peer_of_an_organisation_that_left_is_nobodys(region: Region, normal: Situation) -> None:
    peer = stack(region, "zandermeer", normal)
    peer = replace(peer, machines=peer.machines | {"elders-civil-affairs-database-1"})
    assert rows(region, normal, stack(region, "veldoord", normal), peer) == []


def test_a_workload_that_is_in_this_stack_already_is_judged_as_a_new_one_is(region: Region, normal: Situation) -> None:
    both = stack(region, "zandermeer", situation(region, **LOST, epoch=5))
    own = stack(region, "veldoord", normal)
    assert "peer-holds" in rows(region, situation(region, epoch=6), own, both)


def test_hot_machines_at_the_peer_are_as_they_should_be(region: Region, normal: Situation) -> None:
    drained = situation(region, **PEER_DRAINED, epoch=6)
    own, peer = stack(region, "zandermeer", normal), stack(region, "veldoord", drained)
    assert rows(region, drained, own, peer) == []


# Row 5: the peer cannot be read


def test_a_workload_to_be_created_next_to_an_unreadable_peer_is_refused(region: Region, normal: Situation) -> None:
    declared = situation(region, **PEER_DRAINED, epoch=6)
    peer = stack(region, "veldoord", normal, readable=False)
    (refusal,) = refusals(region, declared, stack(region, "zandermeer", normal), peer)
    assert refusal.row == "peer-unreadable"
    assert "36 machines would be created here" in refusal.text
    assert "its backend does not answer within 10 s" in refusal.text
    assert "uitwijk declare lost veldoord" in refusal.text


def test_a_peer_that_nobody_asked_is_an_unreadable_one(region: Region, normal: Situation) -> None:
    declared = situation(region, **PEER_DRAINED, epoch=6)
    assert rows(region, declared, stack(region, "zandermeer", normal)) == ["peer-unreadable"]


def test_an_unreadable_peer_matters_not_when_nothing_cold_is_to_be_created(region: Region, normal: Situation) -> None:
    peer = stack(region, "zandermeer", normal, readable=False)
    assert rows(region, normal, stack(region, "veldoord", normal), peer) == []


def test_one_missing_cold_machine_next_to_an_unreadable_peer_is_refused(region: Region, normal: Situation) -> None:
    complete = stack(region, "veldoord", normal)
    own = StackFacts(
        "veldoord",
        readable=True,
        epoch=5,
        digest=normal.digest,
        machines=complete.machines - {"kolkwijde-taxes-application-1"},
        disks=complete.disks,
    )
    peer = stack(region, "zandermeer", normal, readable=False)
    assert rows(region, normal, own, peer) == ["peer-unreadable"]


def test_a_missing_hot_machine_next_to_an_unreadable_peer_is_not_refused(region: Region, normal: Situation) -> None:
    complete = stack(region, "veldoord", normal)
    held = complete.machines - {"kolkwijde-telephony-call-server-1"}
    own = StackFacts("veldoord", readable=True, epoch=5, digest=normal.digest, machines=held, disks=complete.disks)
    assert rows(region, normal, own, stack(region, "zandermeer", normal, readable=False)) == []


# Row 6: giving to a peer


def test_giving_a_workload_to_an_unreadable_peer_is_refused(region: Region) -> None:
    over, back = situation(region, **PEER_DRAINED, epoch=6), situation(region, epoch=7)
    peer = stack(region, "veldoord", over, readable=False)
    (refusal,) = refusals(region, back, stack(region, "zandermeer", over), peer)
    assert refusal.row == "gives-to-unsafe-peer"
    assert "its state cannot be read" in refusal.text
    assert "uitwijk declare drained veldoord" in refusal.text


def test_giving_a_workload_to_a_peer_with_an_old_copy_is_refused(region: Region, normal: Situation) -> None:
    over, back = situation(region, **LOST, epoch=6), situation(region, epoch=7)
    (refusal,) = refusals(region, back, stack(region, "zandermeer", over), stack(region, "veldoord", normal))
    assert refusal.row == "gives-to-unsafe-peer"
    assert "it still holds an old copy of 36 machines" in refusal.text
    assert "pulumi up --stack veldoord --continue-on-error" in refusal.text


def test_giving_a_workload_to_a_peer_that_released_it_is_not_refused(region: Region) -> None:
    over, back = situation(region, **PEER_DRAINED, epoch=6), situation(region, epoch=7)
    assert rows(region, back, stack(region, "zandermeer", over), stack(region, "veldoord", over)) == []


def test_releasing_a_workload_that_nobody_takes_is_not_refused(region: Region, normal: Situation) -> None:
    declared = situation(region, drained=["veldoord"], lost=["zandermeer"], epoch=6)
    assert rows(region, declared, stack(region, "veldoord", normal)) == []


def test_a_site_that_came_back_releases_its_old_copy_while_the_other_one_works(
    region: Region, normal: Situation
) -> None:
    over, back = situation(region, **LOST, epoch=6), situation(region, **PEER_DRAINED, epoch=7)
    assert rows(region, back, stack(region, "veldoord", normal), stack(region, "zandermeer", over)) == []


def test_a_site_that_is_emptied_gives_nothing_to_a_peer_with_an_old_copy(region: Region, normal: Situation) -> None:
    emptied = situation(region, drained=["veldoord"], epoch=7)
    peer = stack(region, "zandermeer", situation(region, **LOST, epoch=4))
    assert rows(region, emptied, stack(region, "veldoord", normal), peer) == ["gives-to-unsafe-peer"]


# Overrides, and all at once


def test_an_override_lifts_its_row(region: Region, normal: Situation) -> None:
    own, peer = stack(region, "zandermeer", normal), stack(region, "veldoord", normal)
    holds = situation(region, **PEER_DRAINED, epoch=6, override=["peer-holds"])
    assert rows(region, holds, own, peer) == []
    unreadable = situation(region, **PEER_DRAINED, epoch=6, override=["peer-unreadable"])
    assert rows(region, unreadable, own, stack(region, "veldoord", normal, readable=False)) == []


def test_an_override_lifts_no_other_row(region: Region, normal: Situation) -> None:
    both = ["peer-holds", "peer-unreadable"]
    own, peer = stack(region, "zandermeer", normal), stack(region, "veldoord", normal)
    wrong_one = situation(region, **PEER_DRAINED, epoch=6, override=["peer-unreadable"])
    assert rows(region, wrong_one, own, peer) == ["peer-holds"]
    no_data = situation(region, lost=["veldoord"], epoch=6, override=both)
    assert rows(region, no_data, own, vcenter="no answer") == ["vcenter", "data-not-writable"]
    old = situation(region, epoch=4, override=both)
    assert rows(region, old, own, stack(region, "veldoord", old)) == ["epoch"]
    over, back = situation(region, **PEER_DRAINED, epoch=6), situation(region, epoch=7, override=both)
    unreadable = stack(region, "veldoord", over, readable=False)
    assert rows(region, back, stack(region, "zandermeer", over), unreadable) == ["gives-to-unsafe-peer"]
    lost = situation(region, **LOST, epoch=6, override=both)
    assert rows(region, lost, peer, own) == ["own-site-lost"]
    rebuilt = situation(region, **PEER_DRAINED, epoch=6, override=both)
    assert rows(region, rebuilt, stack(region, "veldoord", None), own) == ["empty-disk"]
    resized = replace(peer, disks=dict.fromkeys(peer.disks, 1))
    calm = situation(region, epoch=6, override=both)
    assert rows(region, calm, resized, own) == ["disk-size"]


def test_every_refusal_is_told_at_once(region: Region, normal: Situation) -> None:
    declared = situation(region, drained=["veldoord"], epoch=4)
    own, peer = stack(region, "zandermeer", normal), stack(region, "veldoord", normal)
    found = rows(region, declared, own, peer, vcenter="wrong password")
    assert found == ["epoch", "epoch", "vcenter", "peer-holds", "data-not-writable"]


def test_a_refusal_fits_in_one_line(region: Region, normal: Situation) -> None:
    declared = situation(region, drained=["veldoord"], epoch=4)
    own, peer = stack(region, "zandermeer", normal), stack(region, "veldoord", normal)
    assert all("\n" not in refusal.text for refusal in refusals(region, declared, own, peer, vcenter="no answer"))
