"""Placement: who runs, sits and rings where in a situation. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from uitwijk.continuity.capacity import SiteCapacity, fit
from uitwijk.continuity.processes import Processes, judge_processes
from uitwijk.continuity.region import Region
from uitwijk.continuity.seats import Seating, seat
from uitwijk.continuity.situation import SiteState, Situation


@dataclass(frozen=True)
class NumberPlacement:
    """Where a number block is served and rings."""

    served_by: tuple[str, ...]
    """Sites whose call servers and border controllers take its calls."""
    rings_at: Mapping[str, str]
    """Emergency location by building: the location that a 112 call from there carries."""

    @property
    def rings(self) -> bool:
        """Whether a call from outside reaches anybody."""
        return bool(self.served_by and self.rings_at)


@dataclass(frozen=True)
class ManualAction:
    """A manual step that this situation asks for."""

    owner: str
    step: str


@dataclass(frozen=True)
class Placement:
    """Who runs, sits and rings where."""

    epoch: int
    workloads: Mapping[str, str | None]
    """The one site that runs each cold workload, or None."""
    hot: Mapping[str, tuple[str, ...]]
    """The hot workloads that run at each living site."""
    seats: Mapping[str, Seating]
    numbers: Mapping[str, NumberPlacement]
    """By `municipality/first number in E.164`."""
    processes: Mapping[str, Processes]
    capacity: Mapping[str, SiteCapacity]
    shed: tuple[str, ...]
    manual_steps: tuple[ManualAction, ...]

    def runs_at(self, site: str) -> frozenset[str]:
        """The keys of all workloads, hot and cold, that have machines at `site`."""
        cold = (key for key, where in self.workloads.items() if where == site)
        return frozenset((*self.hot.get(site, ()), *cold))

    def to_dict(self) -> dict[str, Any]:
        """The placement as plain data, in the form that the command prints; zero entries are left out."""
        return {
            "epoch": self.epoch,
            "workloads": dict(self.workloads),
            "hot": {site: list(keys) for site, keys in self.hot.items()},
            "seats": {
                who: {"needed": seating.needed, "at": dict(seating.at), "short": seating.short}
                for who, seating in self.seats.items()
            },
            "numbers": {
                key: {"served_by": list(number.served_by), "rings_at": dict(number.rings_at)}
                for key, number in self.numbers.items()
            },
            "processes": {
                who: {"continues": list(p.continues), "stopped": dict(p.stopped), "majority": p.majority}
                for who, p in self.processes.items()
            },
            "capacity": {
                site: {
                    "vcpus": list(capacity.vcpus),
                    "memory_gib": list(capacity.memory_gib),
                    "spare_host": capacity.spare_host,
                }
                for site, capacity in self.capacity.items()
            },
            "shed": list(self.shed),
            "manual_steps": [{"owner": action.owner, "step": action.step} for action in self.manual_steps],
        }


def place(region: Region, situation: Situation) -> Placement:
    """Who runs, sits and rings where in `situation`; in the catalogue's order, however it was declared."""
    site_for = {home: _site_for(home, region, situation) for home in region.sites}
    living = tuple(site for site in region.sites if situation.reachable(site))
    hot = tuple(key for key, workload in region.workloads.items() if workload.hot)
    cold = {key: site_for[workload.home] for key, workload in region.workloads.items() if not workload.hot}
    capacity = {
        site: fit(region, site, frozenset((*hot, *(key for key, where in cold.items() if where == site))))
        for site in living
    }
    shed_at = {site: frozenset(capacity[site].shed) for site in living}
    running = {site: tuple(key for key in hot if key not in shed_at[site]) for site in living}
    workloads = {key: None if where is None or key in shed_at[where] else where for key, where in cold.items()}
    stopped = (key for key, where in workloads.items() if where is None)
    down = frozenset(stopped) | frozenset(hot).difference(*running.values())
    seats = seat(region, situation)
    numbers = _numbers(region, situation, running, seats)
    return Placement(
        epoch=situation.epoch,
        workloads=workloads,
        hot=running,
        seats=seats,
        numbers=numbers,
        processes={
            slug: judge_processes(
                region,
                slug,
                seats=seats[slug].seated,
                buildings=frozenset(seats[slug].at),
                down=down,
                rings=any(numbers[f"{slug}/{block.key}"].rings for block in municipality.number_blocks),
            )
            for slug, municipality in region.municipalities.items()
        },
        capacity=capacity,
        shed=tuple(key for key in region.workloads if any(key in shed for shed in shed_at.values())),
        manual_steps=_manual_steps(region, situation, workloads),
    )


def _site_for(home: str, region: Region, situation: Situation) -> str | None:
    """Home while it is normal; else the first normal site."""
    normal = [site for site in region.sites if situation.sites[site] is SiteState.NORMAL]
    return home if home in normal else next(iter(normal), None)


def _numbers(
    region: Region,
    situation: Situation,
    hot: Mapping[str, tuple[str, ...]],
    seats: Mapping[str, Seating],
) -> dict[str, NumberPlacement]:
    reception = next((b for b in region.buildings if b not in situation.closed_buildings), None)
    placed: dict[str, NumberPlacement] = {}
    for slug, municipality in region.municipalities.items():
        exchange = region.exchange(slug)
        needed = {exchange, *region.needs[exchange]} if exchange else set()
        served_by = tuple(site for site, keys in hot.items() if needed and needed <= set(keys))
        buildings = tuple(seats[slug].at) or ((reception,) if reception else ())
        rings_at = {building: region.buildings[building].emergency_location for building in buildings}
        for block in municipality.number_blocks:
            placed[f"{slug}/{block.key}"] = NumberPlacement(served_by, rings_at if served_by else {})
    return placed


def _manual_steps(
    region: Region,
    situation: Situation,
    workloads: Mapping[str, str | None],
) -> tuple[ManualAction, ...]:
    occasions: dict[str, list[dict[str, str]]] = {
        "site-lost": [{"site": site} for site in region.sites if situation.sites[site] is SiteState.LOST],
        "site-drained": [{"site": site} for site in region.sites if situation.sites[site] is SiteState.DRAINED],
        "building-closed": [{"building": b} for b in region.buildings if b in situation.closed_buildings],
        "dataset-to-promote": [
            {"dataset": home, "site": where}
            for home, where in dict.fromkeys(
                (region.workloads[key].home, where) for key, where in workloads.items() if where is not None
            )
            if situation.data[home] != where
        ],
    }
    return tuple(
        ManualAction(step.owner, step.step.format(**occasion))
        for step in region.manual_steps
        for occasion in occasions[step.when]
        if not step.only or step.only & set(occasion.values())
        if step.station is None or step.station in region.buildings[occasion["building"]].stations
    )
