"""What to run after a declaration: exact, accepted by the guard, and at its end every living stack is up to date."""

from __future__ import annotations

import datetime
import random
import shlex

import pytest

from uitwijk.continuity import place
from uitwijk.continuity.declaration import Change, declare, next_commands
from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.facts import Facts, StackFacts
from uitwijk.continuity.guard import judge
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation

NOW = datetime.datetime(2026, 11, 28, 8, 12, tzinfo=datetime.UTC)
PROMOTED = " --by 'duty officer' --reason fire"
ZANDERMEER = "pulumi up --stack zandermeer --continue-on-error"
VELDOORD = "pulumi up --stack veldoord --continue-on-error"
ZANDERMEER_TAKES = ["pulumi preview --stack zandermeer", ZANDERMEER]
VELDOORD_TAKES = ["pulumi preview --stack veldoord", VELDOORD]

SEQUENCES: dict[str, list[tuple[str, list[str]]]] = {
    "S1, and back": [
        (
            "closed kolkwijde-town-hall",
            [VELDOORD, ZANDERMEER],
        ),
        (
            "opened kolkwijde-town-hall",
            [VELDOORD, ZANDERMEER],
        ),
    ],
    "S2, and back": [
        (
            "lost veldoord closed kust-office",
            [f"uitwijk declare promoted veldoord --at zandermeer{PROMOTED}", *ZANDERMEER_TAKES],
        ),
        ("promoted veldoord at zandermeer", ZANDERMEER_TAKES),
        ("drained veldoord", [VELDOORD, *ZANDERMEER_TAKES]),
        (
            "normal veldoord opened kust-office",
            [
                ZANDERMEER,
                f"uitwijk declare promoted veldoord --at veldoord{PROMOTED}",
                *VELDOORD_TAKES,
                ZANDERMEER,
            ],
        ),
        ("promoted veldoord at veldoord", [ZANDERMEER, *VELDOORD_TAKES]),
    ],
    "S3, and back in one call": [
        (
            "lost zandermeer closed zandermeer-town-hall promoted zandermeer at veldoord",
            VELDOORD_TAKES,
        ),
        ("drained zandermeer", [ZANDERMEER, *VELDOORD_TAKES]),
        (
            "normal zandermeer promoted zandermeer at zandermeer opened zandermeer-town-hall",
            [VELDOORD, *ZANDERMEER_TAKES],
        ),
    ],
    "a false alarm": [
        (
            "lost veldoord",
            [f"uitwijk declare promoted veldoord --at zandermeer{PROMOTED}", *ZANDERMEER_TAKES],
        ),
        ("normal veldoord", [ZANDERMEER, *VELDOORD_TAKES]),
    ],
    "a planned move": [
        (
            "drained veldoord",
            [
                VELDOORD,
                f"uitwijk declare promoted veldoord --at zandermeer{PROMOTED}",
                *ZANDERMEER_TAKES,
                VELDOORD,
            ],
        ),
    ],
    "both sites lost": [("lost veldoord lost zandermeer", [])],
}


def changes(text: str) -> list[Change]:
    words, made = text.split(), []
    while words:
        verb, thing = words.pop(0), words.pop(0)
        at = words.pop(1) if words[:1] == ["at"] else None
        if at:
            words.pop(0)
        made.append(Change(verb, thing, at))
    return made


def after(region: Region, before: Situation, text: str) -> Situation:
    return declare(region, before, changes(text), by="duty officer", reason="fire", at=NOW)


def normal(region: Region) -> Situation:
    return Situation(
        epoch=1, sites=dict.fromkeys(region.sites, SiteState.NORMAL), data={site: site for site in region.sites}
    )


@pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES.keys())
def test_the_commands_are_exact(region: Region, sequence: list[tuple[str, list[str]]]) -> None:
    situation = normal(region)
    for text, expected in sequence:
        following = after(region, situation, text)
        assert [step.line for step in next_commands(region, situation, following)] == expected
        situation = following


def test_a_promotion_waits_for_the_storage_administrator(region: Region) -> None:
    before = normal(region)
    steps = next_commands(region, before, after(region, before, "lost veldoord"))
    assert [bool(step.once) for step in steps] == [True, False, False]


class Sites:
    """The stacks of both sites, as the guard sees them when somebody types what the command printed."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self.situation = normal(region)
        self.stacks = {site: StackFacts(site, readable=True) for site in region.sites}
        for site in region.sites:
            assert self.up(site) == ()

    def up(self, site: str) -> tuple[str, ...]:
        """Brings one stack up; the rows of the guard that refuse it."""
        placement = place(self._region, self.situation)
        peers = {
            peer: facts
            for peer, facts in self.stacks.items()
            if peer != site and self.situation.sites[peer] is not SiteState.LOST
        }
        facts = Facts(site, self.stacks[site], peers, None)
        refusals = tuple(refusal.row for refusal in judge(self._region, self.situation, placement, facts))
        if not refusals:
            workloads = self._region.workloads
            self.stacks[site] = StackFacts(
                site,
                readable=True,
                epoch=self.situation.epoch,
                digest=self.situation.digest,
                machines=frozenset(m.name for key in placement.runs_at(site) for m in workloads[key].machines),
                disks={
                    f"{m.name}-{disk}": size
                    for w in workloads.values()
                    if w.home == site
                    for m in w.machines
                    for disk, size in m.disks.items()
                },
            )
        return refusals

    def follow(self, text: str) -> list[tuple[str, tuple[str, ...]]]:
        """Declares, then types every line that was printed; what the guard refused."""
        before = self.situation
        self.situation = after(self._region, before, text)
        refused = []
        for step in next_commands(self._region, before, self.situation):
            words = shlex.split(step.line)
            if words[0] == "uitwijk":
                self.situation = after(self._region, self.situation, f"promoted {words[3]} at {words[5]}")
            elif words[1] == "up" and (rows := self.up(words[3])):
                refused.append((step.line, rows))
        return refused


TOLD = [
    ["closed kolkwijde-town-hall", "opened kolkwijde-town-hall"],
    ["lost veldoord closed kust-office", "drained veldoord", "normal veldoord opened kust-office"],
    ["lost zandermeer closed zandermeer-town-hall", "drained zandermeer", "normal zandermeer"],
    ["drained veldoord", "normal veldoord", "drained zandermeer", "normal zandermeer"],
    ["lost veldoord", "lost zandermeer", "drained zandermeer", "normal zandermeer"],
    ["drained veldoord drained zandermeer", "normal zandermeer", "normal veldoord"],
]


@pytest.mark.parametrize("texts", TOLD, ids=["; ".join(texts) for texts in TOLD])
def test_the_guard_refuses_nothing_to_whoever_types_what_was_printed(region: Region, texts: list[str]) -> None:
    sites = Sites(region)
    for text in texts:
        assert sites.follow(text) == [], text
        living = sites.situation.living
        assert [sites.stacks[site].epoch for site in living] == [sites.situation.epoch for _ in living]


@pytest.mark.parametrize("seed", range(40))
def test_no_legal_sequence_of_site_states_gets_stuck(region: Region, seed: int) -> None:
    chance = random.Random(seed)
    sites = Sites(region)
    for _ in range(8):
        text = f"{chance.choice(list(SiteState))} {chance.choice(list(region.sites))}"
        try:
            after(region, sites.situation, text)
        except SituationError:
            continue
        assert sites.follow(text) == [], text
        assert {sites.stacks[site].epoch for site in sites.situation.living} <= {sites.situation.epoch}
