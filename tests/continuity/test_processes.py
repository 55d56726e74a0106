"""Which work goes on, given seats, buildings, workloads and numbers."""

from __future__ import annotations

import dataclasses

import pytest

from tests.continuity.regions import build
from uitwijk.continuity.catalogue import MinimumSeats
from uitwijk.continuity.processes import Processes, judge_processes
from uitwijk.continuity.region import Region

URGENT = ("crisis-management", "telephone-contact", "civil-affairs-counter", "document-issue", "civil-registration")


def kolkwijde(
    region: Region,
    *,
    seats: int = 28,
    building: str = "kolkwijde-town-hall",
    down: frozenset[str] = frozenset(),
    rings: bool = True,
) -> Processes:
    buildings = frozenset({building}) if seats else frozenset()
    return judge_processes(region, "kolkwijde", seats=seats, buildings=buildings, down=down, rings=rings)


def test_everything_goes_on_when_everything_is_there(region: Region) -> None:
    assert kolkwijde(region).continues == tuple(region.processes)
    assert kolkwijde(region).majority


@pytest.mark.parametrize(
    ("seats", "more", "majority"), [(8, [], False), (9, ["records"], False), (10, ["records", "youth-care"], True)]
)
def test_the_majority_is_more_than_half_of_the_work(
    region: Region, seats: int, more: list[str], majority: bool
) -> None:
    processes = kolkwijde(region, seats=seats, building="kust-office")
    assert set(processes.continues) == {*URGENT, "e-services", *more}
    assert processes.majority is majority


def test_there_is_no_majority_without_all_urgent_work(region: Region) -> None:
    processes = kolkwijde(region, down=frozenset({"kolkwijde/counter"}))
    assert set(processes.stopped) == {"civil-affairs-counter", "document-issue"}
    assert not processes.majority


def test_work_on_the_telephone_stops_when_no_number_rings(region: Region) -> None:
    processes = kolkwijde(region, rings=False)
    assert processes.stopped == dict.fromkeys(("crisis-management", "telephone-contact"), "its numbers do not ring")


def test_work_stops_with_whatever_its_services_need(region: Region) -> None:
    stopped = kolkwijde(region, down=frozenset({"kust/databases"})).stopped
    assert set(stopped.values()) == {"kust/databases runs nowhere"}
    assert set(stopped) == {"permits", "youth-care", "social-support", "finance", "taxes"}


def test_work_at_the_counter_needs_a_printer_in_the_room(region: Region) -> None:
    hall = region.buildings["wilgendam-town-hall"].model_copy(update={"stations": ()})
    without_printer = dataclasses.replace(region, buildings={**region.buildings, "wilgendam-town-hall": hall})
    stopped = kolkwijde(without_printer, building="wilgendam-town-hall").stopped
    assert stopped["document-issue"] == "no document-printer in a building where the staff sit"
    assert "civil-affairs-counter" not in stopped


def test_work_whose_service_nobody_runs_stops(region: Region) -> None:
    who = region.municipalities["kolkwijde"].model_copy(update={"without": frozenset({"taxes"})})
    without_taxes = dataclasses.replace(region, municipalities={**region.municipalities, "kolkwijde": who})
    assert kolkwijde(without_taxes).stopped == {"taxes": "nobody runs taxes for kolkwijde"}


def test_a_share_of_seats_is_counted_as_it_is_written() -> None:
    region = build(
        hosts={"east": [(64, 512)] * 3}, municipalities={"m": {"home": "east", "seats": 100, "relocation": []}}
    )
    process = region.processes["filing"].model_copy(update={"seats": MinimumSeats(share=0.07, at_least=0)})
    assert 0.07 * 100 > 7
    assert dataclasses.replace(region, processes={"filing": process}).minimum_seats("m", "filing") == 7
