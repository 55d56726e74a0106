"""Who is asked before a stack is touched, and who is not."""

from __future__ import annotations

import threading
from typing import Any

from uitwijk.continuity.facts import StackFacts, VCenterFacts
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.observe import Login, gather

VCENTER = Login("vcenter", "somebody", "secret")
ANSWERS: dict[str, Any] = {"reach": lambda _: None, "look": lambda *_: VCenterFacts()}
HOME_DATA = {"veldoord": "veldoord", "zandermeer": "zandermeer"}


def situation(**states: SiteState) -> Situation:
    normal = dict.fromkeys(HOME_DATA, SiteState.NORMAL)
    return Situation(epoch=1, sites={**normal, **states}, data=HOME_DATA)


class Asked:
    """Remembers who was asked for the state of a stack."""

    def __init__(self) -> None:
        self.stacks: list[tuple[str, str | None]] = []

    def read(self, site: str, backend: str | None) -> StackFacts:
        self.stacks.append((site, backend))
        return StackFacts(site=site, readable=True)


def test_both_stacks_and_the_own_vcenter_are_asked(region: Region):
    asked = Asked()
    facts = gather(
        region,
        situation(),
        "zandermeer",
        "uitwijk",
        Login("vcenter.zandermeer:443", "somebody", "secret"),
        {"veldoord": "file:///there"},
        read=asked.read,
        reach=lambda server: f"asked {server}",
    )
    assert sorted(asked.stacks) == [("veldoord", "file:///there"), ("zandermeer", None)]
    assert facts.vcenter_problem == "asked vcenter.zandermeer:443"
    assert (facts.site, facts.own.site, list(facts.peers)) == ("zandermeer", "zandermeer", ["veldoord"])


def test_a_peer_declared_lost_is_not_asked(region: Region):
    asked = Asked()
    lost = situation(veldoord=SiteState.LOST)
    facts = gather(
        region,
        lost,
        "zandermeer",
        "uitwijk",
        VCENTER,
        {"veldoord": "x"},
        read=asked.read,
        reach=lambda _: None,
        look=lambda *_: VCenterFacts(),
    )
    assert asked.stacks == [("zandermeer", None)]
    assert facts.peers == {}


def test_a_drained_peer_is_asked(region: Region):
    asked = Asked()
    drained = situation(veldoord=SiteState.DRAINED)
    gather(
        region,
        drained,
        "zandermeer",
        "uitwijk",
        VCENTER,
        {},
        read=asked.read,
        reach=lambda _: None,
        look=lambda *_: VCenterFacts(),
    )
    assert ("veldoord", None) in asked.stacks


def test_all_are_asked_at_once(region: Region):
    everyone = threading.Barrier(3, timeout=10)

    def read(site: str, _: str | None) -> StackFacts:
        everyone.wait()
        return StackFacts(site=site, readable=True)

    def reach(_: str) -> None:
        everyone.wait()

    assert gather(
        region, situation(), "veldoord", "uitwijk", VCENTER, {}, read=read, reach=reach, look=lambda *_: VCenterFacts()
    ).own.readable
