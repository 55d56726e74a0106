"""The proof finds what is wrong: every invariant, spoiled once, is named; and it looks at everything it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from tests.continuity.regions import build
from tests.continuity.situations import every_closing, every_state, in_state, situation
from uitwijk.continuity import place
from uitwijk.continuity.capacity import SiteCapacity
from uitwijk.continuity.invariants import Invariants
from uitwijk.continuity.placement import NumberPlacement, Placement
from uitwijk.continuity.processes import Processes
from uitwijk.continuity.proof import Calamities, Kind, Violation, all_calamities, in_words, losses, prove
from uitwijk.continuity.region import Region
from uitwijk.continuity.seats import Seating
from uitwijk.continuity.situation import SiteState, Situation

KEY = "kolkwijde/civil-affairs"
NUMBER = "kolkwijde/+31527991200"
HALL = "kolkwijde-town-hall"


def without(mapping: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}


def seated(placement: Placement, **at: int) -> Placement:
    """Kolkwijde's staff sit elsewhere than they do."""
    seating = Seating(28, {building.replace("_", "-"): seats for building, seats in at.items()})
    return replace(placement, seats={**placement.seats, "kolkwijde": seating})


def ringing(placement: Placement, served_by: tuple[str, ...], rings_at: Mapping[str, str]) -> Placement:
    return replace(placement, numbers={**placement.numbers, NUMBER: NumberPlacement(served_by, rings_at)})


def working(placement: Placement, **changes: Any) -> Placement:
    processes = replace(placement.processes["kolkwijde"], **changes)
    return replace(placement, processes={**placement.processes, "kolkwijde": processes})


def planned(placement: Placement, **changes: Any) -> Placement:
    capacity = replace(placement.capacity["zandermeer"], **changes)
    return replace(placement, capacity={**placement.capacity, "zandermeer": capacity})


def on_one_host(placement: Placement) -> Placement:
    return planned(placement, hosts=dict.fromkeys(placement.capacity["zandermeer"].hosts, "zandermeer-host-1"))


def shedding_one(placement: Placement) -> Placement:
    """Zandermeer sheds a workload that would fit."""
    key = "zandermeer/civil-affairs"
    capacity = placement.capacity["zandermeer"]
    hosts = {name: host for name, host in capacity.hosts.items() if not name.startswith("zandermeer-civil-affairs-")}
    spoiled = planned(placement, hosts=hosts, shed=(key,))
    return replace(spoiled, workloads={**placement.workloads, key: None}, shed=(key,))


LOCATION = {HALL: "NL, Kustland, Kolkwijde, town hall, main entrance"}
SPOILED: dict[str, Callable[[Placement], Placement]] = {
    f"workloads placed: {KEY} is missing": lambda p: replace(p, workloads=without(p.workloads, KEY)),
    "sites with hot machines: zandermeer is missing": lambda p: replace(p, hot=without(p.hot, "zandermeer")),
    "sites with a capacity: zandermeer is missing": lambda p: replace(p, capacity=without(p.capacity, "zandermeer")),
    "organisations with seats: kust is missing": lambda p: replace(p, seats=without(p.seats, "kust")),
    f"number blocks: {NUMBER} is missing": lambda p: replace(p, numbers=without(p.numbers, NUMBER)),
    "municipalities with processes: nowhere does not belong there": lambda p: replace(
        p, processes={**p.processes, "nowhere": p.processes["kolkwijde"]}
    ),
    "processes of kolkwijde: permits is missing": lambda p: working(
        p, continues=tuple(each for each in p.processes["kolkwijde"].continues if each != "permits")
    ),
    "kolkwijde: permits both continues and is stopped": lambda p: working(p, stopped={"permits": "why"}),
    f"{KEY} runs nowhere, although veldoord is normal and it was not shed": lambda p: replace(
        p, workloads={**p.workloads, KEY: None}
    ),
    f"{KEY} runs at zandermeer, although its home veldoord is normal": lambda p: replace(
        p, workloads={**p.workloads, KEY: "zandermeer"}
    ),
    f"{KEY} counts as hot at zandermeer, and is cold": lambda p: replace(
        p, hot={**p.hot, "zandermeer": (*p.hot["zandermeer"], KEY)}
    ),
    "kolkwijde/telephony is hot, and neither runs at zandermeer nor was shed there": lambda p: replace(
        p, hot={**p.hot, "zandermeer": tuple(key for key in p.hot["zandermeer"] if key != "kolkwijde/telephony")}
    ),
    "machines with a host at zandermeer: zandermeer-telephony-call-server-1 is missing": lambda p: planned(
        p, hosts=without(p.capacity["zandermeer"].hosts, "zandermeer-telephony-call-server-1")
    ),
    "zandermeer has no host attic": lambda p: planned(p, hosts=dict.fromkeys(p.capacity["zandermeer"].hosts, "attic")),
    "for what is planned there": on_one_host,
    "stand on zandermeer-host-1": on_one_host,
    "zandermeer is said to use 1 vCPUs": lambda p: planned(p, vcpus=(1, 500)),
    "GiB, and has fewer": lambda p: planned(p, memory_gib=(p.capacity["zandermeer"].memory_gib[0], 10)),
    "zandermeer is said to have a host to spare, and uses zandermeer-host-5": lambda p: planned(
        p,
        hosts={
            name: "zandermeer-host-5" if host == "zandermeer-host-1" else host
            for name, host in p.capacity["zandermeer"].hosts.items()
        },
    ),
    "zandermeer sheds zandermeer/civil-affairs, which would fit": shedding_one,
    "zandermeer sheds zandermeer/civil-affairs (R1), and runs": shedding_one,
    f"workloads shed: {KEY} does not belong there": lambda p: replace(p, shed=(KEY,)),
    "kolkwijde has 28 staff; 29 counted": lambda p: replace(p, seats={**p.seats, "kolkwijde": Seating(29, {HALL: 29})}),
    f"staff of kolkwijde sit in {HALL}, although {HALL} is open": lambda p: seated(p, kolkwijde_town_hall=27),
    "people sit in wilgendam-town-hall, which has 22 seats": lambda p: seated(p, wilgendam_town_hall=28),
    f"{NUMBER} is served by zandermeer, not by veldoord, zandermeer": lambda p: ringing(p, ("zandermeer",), LOCATION),
    f"{NUMBER} rings at nobody, not at {HALL}": lambda p: ringing(p, ("veldoord", "zandermeer"), {}),
    f"{NUMBER} rings at {HALL} with another emergency location: Elders": lambda p: ringing(
        p, ("veldoord", "zandermeer"), {HALL: "Elders"}
    ),
    "kolkwijde: permits is stopped (why), and lacks nothing": lambda p: working(
        p,
        continues=tuple(each for each in p.processes["kolkwijde"].continues if each != "permits"),
        stopped={"permits": "why"},
    ),
    "kolkwijde: 14 of 14 processes continue, and that is called no majority": lambda p: working(p, majority=False),
}


@pytest.mark.parametrize("sentence", SPOILED)
def test_a_placement_of_a_normal_day_that_is_wrong_is_told_why(region: Region, sentence: str) -> None:
    normal = situation(region)
    spoiled = SPOILED[sentence](place(region, normal))
    assert any(sentence in said for said in Invariants(region).violated(normal, spoiled))


def test_a_site_that_is_not_normal_must_hold_nothing_cold(region: Region) -> None:
    for state, declared in (
        ("lost", situation(region, lost=["veldoord"])),
        ("drained", situation(region, drained=["veldoord"])),
    ):
        placement = place(region, declared)
        spoiled = replace(placement, workloads={**placement.workloads, KEY: "veldoord"})
        assert f"{KEY} runs at veldoord, which is {state}" in Invariants(region).violated(declared, spoiled)


def test_staff_in_a_closed_building_and_staff_without_a_seat_that_is_free_are_named(region: Region) -> None:
    declared = situation(region, closed=[HALL])
    placement = place(region, declared)
    found = Invariants(region).violated(declared, seated(placement, kolkwijde_town_hall=28))
    assert f"28 people sit in {HALL}, which is closed" in found
    found = Invariants(region).violated(declared, seated(placement, kust_office=9))
    assert "19 staff of kolkwijde have no seat, although kust-office, wilgendam-town-hall" in "".join(found)


def test_a_process_that_lacks_something_must_not_continue(region: Region) -> None:
    declared = situation(region, closed=[HALL])
    placement = place(region, declared)
    every = Processes(continues=tuple(region.processes), stopped={}, majority=True)
    spoiled = replace(placement, processes={**placement.processes, "kolkwijde": every})
    found = Invariants(region).violated(declared, spoiled)
    assert "kolkwijde: travel-documents is said to continue, and lacks what it needs" in found
    nobody = replace(spoiled, seats={**spoiled.seats, "kolkwijde": Seating(28, {})})
    found = Invariants(region).violated(declared, nobody)
    assert any("kolkwijde lacks" in said and "seats for the processes" in said for said in found)


def test_staff_who_use_the_service_of_another_municipality_are_named() -> None:
    region = build(
        hosts={"east": [(8, 64)], "west": [(8, 64)]},
        municipalities={
            "m-east": {"home": "east", "seats": 4, "relocation": ["west-office"]},
            "m-west": {"home": "west", "seats": 4, "relocation": ["east-office"]},
        },
    )
    assert list(Invariants(region).violated_by_the_region()) == []
    uses = region.municipalities["m-west"].model_copy(update={"uses": {"registry": "m-east"}})
    mixed = replace(region, municipalities={**region.municipalities, "m-west": uses})
    assert list(Invariants(mixed).violated_by_the_region()) == ["staff of m-west use registry of m-east"]
    assert prove(mixed, [], [1]).violations == (
        Violation("staff of m-west use registry of m-east", "any situation", 1),
    )


def test_all_calamities_are_all_states_and_all_closings_the_fewest_losses_first(region: Region) -> None:
    found = list(all_calamities(region))
    combined = product(every_state(region), every_closing(region))
    wanted = {in_words(in_state(region, states, closed)) for states, closed in combined}
    assert len(found) == len(wanted) == 9 * 2**4
    assert {in_words(each) for each in found} == wanted
    counts = [losses(each) for each in found]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == 6


def test_too_many_buildings_are_tried_as_far_as_there_is_time_and_it_is_known_how_far() -> None:
    halls = {f"m{number}": {"home": "east", "seats": 1, "relocation": ["west-office"]} for number in range(60)}
    region = build(hosts={"east": [(1, 2)], "west": [(1, 2)]}, municipalities=halls)
    calamities = all_calamities(region)
    assert not calamities.all_of_them
    assert calamities.most_closed == 2
    assert len(calamities) == len(list(calamities)) == 9 * (1 + 62 + 62 * 61 // 2)
    assert all_calamities(region, most=1).most_closed == 1


def test_the_worst_of_each_kind_is_what_no_other_situation_exceeds(region: Region) -> None:
    calamities = Calamities(region, most_closed=2)
    proof = prove(region, calamities, [1, 4])
    found = {(worst.kind, worst.most_losses): worst for worst in proof.worst}
    assert len(found) == len(proof.worst) == 2 * len(Kind)
    placements = [(losses(each), place(region, each)) for each in calamities]
    for bound in (1, 4):
        tried = [placement for lost, placement in placements if lost <= bound]
        worst = found[Kind.PROCESSES, bound]
        fewest = min(len(processes.continues) for p in tried for processes in p.processes.values())
        assert len(worst.placement.processes[worst.who].continues) == fewest
        worst = found[Kind.CAPACITY, bound]
        assert share(worst.placement.capacity[worst.who]) == max(share(c) for p in tried for c in p.capacity.values())
        assert short(found[Kind.SEATS, bound].placement) == max(short(placement) for placement in tried)
        assert all(worst.placement == place(region, worst.situation) for worst in proof.worst)
        assert all(losses(found[kind, bound].situation) <= bound for kind in Kind)


def test_where_several_are_equally_bad_the_one_with_the_fewest_losses_is_told(region: Region) -> None:
    found = {worst.kind: worst for worst in prove(region, Calamities(region, most_closed=1), [3]).worst}
    assert in_words(found[Kind.PROCESSES].situation) == "lost veldoord, lost zandermeer"
    assert in_words(found[Kind.CAPACITY].situation) == "lost veldoord"
    assert in_words(found[Kind.SEATS].situation) == "closed zandermeer-town-hall"
    assert in_words(found[Kind.SHED].situation) == "all normal"


def share(capacity: SiteCapacity) -> float:
    """The larger share in use: of virtual CPUs, or of memory."""
    return max(used / available for used, available in (capacity.vcpus, capacity.memory_gib))


def short(placement: Placement) -> int:
    """People without a seat."""
    return sum(seating.short for seating in placement.seats.values())


def test_a_site_that_sheds_is_tighter_than_a_full_one_and_most_shed_is_counted() -> None:
    region = build(
        hosts={"east": [(8, 64)], "west": [(64, 512)] * 2},
        municipalities={"m-west": {"home": "west", "seats": 40, "relocation": ["east-office"]}},
    )
    found = {worst.kind: worst for worst in prove(region, all_calamities(region), [5]).worst}
    assert found[Kind.CAPACITY].who == "east"
    assert found[Kind.SHED].situation.sites["west"] is not SiteState.NORMAL
    assert found[Kind.SHED].placement.shed


def test_a_violation_is_told_once_with_its_simplest_situation(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(_: Region, declared: Situation) -> Placement:
        return place(region, declared.model_copy(update={"closed_buildings": {}}))

    monkeypatch.setattr("uitwijk.continuity.proof.place", forgetful)
    proof = prove(region, Calamities(region, most_closed=2), [6])
    told = {violation.sentence: violation for violation in proof.violations}
    violation = told[f"28 people sit in {HALL}, which is closed"]
    assert violation.first == f"closed {HALL}"
    # In every state of the sites, alone and with each of the three other buildings.
    assert violation.times == 9 * (1 + 3)
