"""The guard's rows about data: where it is writable, and which disks there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.continuity.situations import situation
from tests.continuity.stacks import LOST, PEER_DRAINED, disks, refusals, rows, stack
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation


@pytest.fixture(scope="module")
def normal(region: Region) -> Situation:
    return situation(region, epoch=5)


# Row 7: data


def test_a_workload_whose_data_is_not_writable_here_is_refused(region: Region, normal: Situation) -> None:
    declared = situation(region, lost=["veldoord"], epoch=6)
    (refusal,) = refusals(region, declared, stack(region, "zandermeer", normal))
    assert refusal.row == "data-not-writable"
    assert "dataset veldoord, which is writable at veldoord" in refusal.text
    assert "promote its replica at zandermeer" in refusal.text
    assert "uitwijk declare promoted veldoord --at zandermeer" in refusal.text


def test_a_workload_that_is_here_already_must_have_its_data_here_too(region: Region, normal: Situation) -> None:
    moved = situation(region, promoted={"veldoord": "zandermeer"}, epoch=6)
    own, peer = stack(region, "veldoord", normal), stack(region, "zandermeer", normal)
    assert rows(region, moved, own, peer) == ["data-not-writable"]


def test_data_of_workloads_that_are_placed_elsewhere_may_be_anywhere(region: Region, normal: Situation) -> None:
    moved = situation(region, promoted={"veldoord": "zandermeer"}, epoch=6)
    own, peer = stack(region, "zandermeer", normal), stack(region, "veldoord", normal)
    assert rows(region, moved, own, peer) == []


# Row 8: empty disks


def test_a_rebuilt_site_does_not_get_empty_disks_while_its_data_is_elsewhere(region: Region) -> None:
    declared = situation(region, **PEER_DRAINED, epoch=6)
    rebuilt = stack(region, "veldoord", None)
    (refusal,) = refusals(region, declared, rebuilt, stack(region, "zandermeer", situation(region, **LOST, epoch=5)))
    assert refusal.row == "empty-disk"
    assert f"{len(disks(region, 'veldoord'))} data disks would be created empty" in refusal.text
    assert "`uitwijk rebuilt veldoord`" in refusal.text


def test_a_returning_site_with_its_disks_is_not_refused(region: Region, normal: Situation) -> None:
    declared = situation(region, **PEER_DRAINED, epoch=6)
    over = stack(region, "zandermeer", situation(region, **LOST, epoch=5))
    assert rows(region, declared, stack(region, "veldoord", normal), over) == []


def test_disks_are_created_where_the_data_is_at_home(region: Region, normal: Situation) -> None:
    new = StackFacts("veldoord", readable=True)
    assert rows(region, normal, new, stack(region, "zandermeer", normal)) == []


# Row 9: the size of disks

RESIZED = "kolkwijde-civil-affairs-database-1-data"


@pytest.mark.parametrize("gib", [150, 199, 201, 300])
def test_a_disk_of_another_size_than_the_catalogue_says_is_refused(region: Region, normal: Situation, gib: int) -> None:
    own = stack(region, "veldoord", normal)
    own = replace(own, disks={**own.disks, RESIZED: gib})
    (refusal,) = refusals(region, normal, own, stack(region, "zandermeer", normal))
    assert refusal.row == "disk-size"
    assert (
        f"1 data disks of veldoord differ in size from the catalogue: {RESIZED} is {gib} GiB, not 200. " in refusal.text
    )
    assert "catalogue/services.yaml" in refusal.text
    assert "a further data disk" in refusal.text


def test_every_disk_of_another_size_is_counted(region: Region, normal: Situation) -> None:
    own = stack(region, "veldoord", normal)
    own = replace(own, disks=dict.fromkeys(own.disks, 1))
    (refusal,) = refusals(region, normal, own, stack(region, "zandermeer", normal))
    assert refusal.text.startswith(f"{len(own.disks)} data disks of veldoord differ")


def test_the_size_is_judged_wherever_the_dataset_is_writable(region: Region) -> None:
    over = situation(region, **PEER_DRAINED, epoch=6)
    own = stack(region, "veldoord", over)
    own = replace(own, disks={**own.disks, RESIZED: 100})
    assert rows(region, over, own, stack(region, "zandermeer", over)) == ["disk-size"]


def test_a_disk_of_the_peer_is_the_peers_business(region: Region, normal: Situation) -> None:
    peer = stack(region, "zandermeer", normal)
    peer = replace(peer, disks=dict.fromkeys(peer.disks, 1))
    assert rows(region, normal, stack(region, "veldoord", normal), peer) == []


def test_a_new_disk_and_one_that_left_the_catalogue_have_no_other_size(region: Region, normal: Situation) -> None:
    own = stack(region, "veldoord", normal)
    changed = {name: size for name, size in own.disks.items() if name != RESIZED} | {f"{RESIZED}-2": 1}
    assert rows(region, normal, replace(own, disks=changed), stack(region, "zandermeer", normal)) == []
