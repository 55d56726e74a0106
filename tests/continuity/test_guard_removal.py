"""The guard's row about removal: running machines go for a reason, or not at all."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from tests.continuity.regions import build
from tests.continuity.situations import situation
from tests.continuity.stacks import LOST, PEER_DRAINED, refusals, rows, stack
from uitwijk.continuity import place
from uitwijk.continuity.facts import Facts, HeldDisk
from uitwijk.continuity.region import Region
from uitwijk.continuity.retirement import Retired, RetiredDisk
from uitwijk.continuity.situation import Situation
from uitwijk.continuity.waiting import decide

LEFT = "kolkwijde-civil-affairs-archive-1"
DISK = f"{LEFT}-data"


@pytest.fixture(scope="module")
def normal(region: Region) -> Situation:
    return situation(region, epoch=5)


def with_retired(region: Region, *retired: Retired) -> Region:
    return replace(region, retired=retired)


def gone(disk: bool = False) -> Retired:
    kept = RetiredDisk(name=DISK, site="veldoord", path="a/b.vmdk", size_gib=10)
    return Retired(what=LEFT, at=datetime.date(2026, 11, 1), machines=(LEFT,), disks=(kept,) if disk else ())


def test_a_machine_that_left_the_catalogue_is_not_removed_without_a_word(region: Region, normal: Situation) -> None:
    own = stack(region, "veldoord", normal)
    own = replace(own, machines=own.machines | {LEFT})
    (refusal,) = refusals(region, normal, own, stack(region, "zandermeer", normal))
    assert (refusal.row, refusal.workloads) == ("removal", frozenset())
    assert f"1 machines of this stack are not in the catalogue any more and would be removed ({LEFT})" in refusal.text
    assert f"`uitwijk retire {LEFT}`" in refusal.text


def test_a_retired_machine_may_go(region: Region, normal: Situation) -> None:
    own = stack(region, "veldoord", normal)
    own = replace(own, machines=own.machines | {LEFT})
    assert rows(with_retired(region, gone()), normal, own, stack(region, "zandermeer", normal)) == []


def test_what_the_situation_takes_away_may_go(region: Region, normal: Situation) -> None:
    drained = situation(region, drained=["veldoord"], epoch=6)
    assert rows(region, drained, stack(region, "veldoord", normal), stack(region, "zandermeer", normal)) == []
    over, back = situation(region, **PEER_DRAINED, epoch=6), situation(region, epoch=7)
    assert rows(region, back, stack(region, "zandermeer", over), stack(region, "veldoord", over)) == []


def test_a_size_with_a_digit_too_many_sheds_nothing_on_a_normal_day() -> None:
    fits = build(hosts={"east": [(64, 512)] * 2, "west": [(64, 512)] * 2}, municipalities=both())
    swollen = build(hosts={"east": [(64, 64)] * 2, "west": [(64, 64)] * 2}, municipalities=both(), size="2XL")
    before = situation(fits, epoch=5)
    own, peer = stack(fits, "east", before), stack(fits, "west", before)
    (refusal,) = [each for each in refusals(swollen, before, own, peer) if each.row == "removal"]
    assert "would be removed for want of room, with every site normal" in refusal.text


def both() -> dict[str, dict[str, object]]:
    return {f"m-{site}": {"home": site, "seats": 8, "relocation": []} for site in ("east", "west")}


def test_what_is_shed_in_a_loss_may_go() -> None:
    fits = build(hosts={"east": [(64, 512)] * 2, "west": [(64, 512)] * 2}, municipalities=both())
    small = build(hosts={"east": [(64, 512)] * 2, "west": [(64, 40)] * 2}, municipalities=both())
    lost = situation(small, lost=["east"], promoted={"east": "west"}, epoch=6)
    assert place(small, lost).shed
    assert "removal" not in rows(small, lost, stack(fits, "west", situation(fits, epoch=5)))


@pytest.mark.parametrize(
    ("retired", "protected", "held_on"),
    [((), True, True), ((), False, True), ((gone(disk=True),), True, False), ((gone(disk=True),), False, None)],
)
def test_a_disk_that_left_is_held_on_until_it_is_retired_and_then_let_go_of_in_two_runs(
    region: Region, normal: Situation, retired: tuple[Retired, ...], protected: bool, held_on: bool | None
) -> None:
    held = HeldDisk("urn:of:it", "data-veldoord", "a/b.vmdk", 10, protected)
    own = replace(stack(region, "veldoord", normal), held={DISK: held})
    facts = Facts("veldoord", own, {"zandermeer": stack(region, "zandermeer", normal)}, None)
    leftover = decide(with_retired(region, *retired), normal, place(region, normal), facts).leftover
    assert leftover == ({} if held_on is None else {DISK: replace(held, protected=held_on)})


def test_a_lost_site_does_not_ask_about_removal(region: Region, normal: Situation) -> None:
    declared = situation(region, **LOST, epoch=6)
    assert rows(region, declared, stack(region, "zandermeer", normal)) == []
