"""Which of a municipality's processes continue, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from uitwijk.continuity.catalogue import Process
from uitwijk.continuity.region import Region


@dataclass(frozen=True)
class Processes:
    """The processes of one municipality."""

    continues: tuple[str, ...]
    stopped: Mapping[str, str]
    """Why, by process."""
    majority: bool
    """More than half of the processes continue, and all of class R0 and R1."""


@lru_cache(maxsize=8192)
def judge_processes(
    region: Region,
    municipality: str,
    *,
    seats: int,
    buildings: frozenset[str],
    down: frozenset[str],
    rings: bool,
) -> Processes:
    """What continues; remembered, for thousands of situations differ little for one municipality.

    Seats are given to the most urgent processes first; processes of one class in the catalogue's order.

    Args:
        region: the region.
        municipality: whose processes.
        seats: how many of its staff have one.
        buildings: where those are.
        down: the workloads that run nowhere.
        rings: whether the municipality's numbers do.
    """
    return _judge(region, municipality, seats, buildings, down, rings)


def _judge(
    region: Region, municipality: str, seats: int, buildings: frozenset[str], down: frozenset[str], rings: bool
) -> Processes:
    continues: list[str] = []
    stopped: dict[str, str] = {}
    own = {slug: region.processes[slug] for slug in region.processes_of(municipality)}
    by_urgency = sorted(own.items(), key=lambda item: item[1].recovery_class)
    for slug, process in by_urgency:
        needed = region.minimum_seats(municipality, slug)
        why = _obstacle(region, municipality, process, buildings, down, rings)
        if why is None and needed > seats:
            why = f"needs {needed} seats, {seats} left"
        if why is None:
            continues.append(slug)
            seats -= needed
        else:
            stopped[slug] = why
    urgent = {slug for slug, process in own.items() if process.recovery_class.urgent}
    return Processes(
        continues=tuple(slug for slug in own if slug in continues),
        stopped={slug: stopped[slug] for slug in own if slug in stopped},
        majority=len(continues) * 2 > len(own) and urgent <= set(continues),
    )


def _obstacle(
    region: Region,
    municipality: str,
    process: Process,
    buildings: frozenset[str],
    down: frozenset[str],
    rings: bool,
) -> str | None:
    for service in sorted(process.services):
        provider = region.provider(municipality, service)
        if provider is None:
            return f"nobody runs {service} for {municipality}"
        for key in (provider, *region.needs[provider]):
            if key in down:
                return f"{key} runs nowhere"
    if process.telephone and not rings:
        return "its numbers do not ring"
    if process.own_building and region.building_of(municipality) not in buildings:
        return f"the station is in {region.building_of(municipality)}, which is closed"
    stations = {station for building in buildings for station in region.buildings[building].stations}
    for station in sorted(process.stations - stations):
        return f"no {station} in a building where the staff sit"
    return None
