"""What the catalogue and the situation alone tell: above all, whether every single loss can be borne."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from continuity import place
from continuity.errors import UitwijkError
from continuity.placement import Placement
from continuity.region import Region
from continuity.situation import ClosedBuilding, SiteState, Situation
from uitwijk.readiness.line import Line, attention, fail, ok
from uitwijk.status import shortened


@dataclass(frozen=True)
class Loss:
    """A calamity that hits one site, one building, or one building with the site that it houses."""

    sites: tuple[str, ...]
    buildings: tuple[str, ...]

    @property
    def name(self) -> str:
        """For people, e.g. `lost bolsward, closed iszf-office`."""
        lost = (f"lost {site}" for site in self.sites)
        return ", ".join((*lost, *(f"closed {building}" for building in self.buildings)))

    def situation(self, region: Region) -> Situation:
        """What would be declared when all else is normal, the data of a lost site promoted at the first other one."""
        sites = {site: SiteState.LOST if site in self.sites else SiteState.NORMAL for site in region.sites}
        survivor = next((site for site in region.sites if site not in self.sites), None)
        data = {site: survivor or site if site in self.sites else site for site in region.sites}
        closed = {building: ClosedBuilding() for building in self.buildings}
        return Situation(epoch=1, sites=sites, data=data, closed_buildings=closed)


def single_losses(region: Region) -> Iterator[Loss]:
    """Every single calamity: sites, then buildings, then buildings with the site that they house."""
    for site in region.sites:
        yield Loss((site,), ())
    for building in region.buildings:
        yield Loss((), (building,))
    for building, what in region.buildings.items():
        if what.houses:
            yield Loss((what.houses,), (building,))


def catalogue_line(region: Region) -> Line:
    """The catalogue, which was loaded and so is consistent."""
    machines = sum(len(w.machines) * (len(region.sites) if w.hot else 1) for w in region.workloads.values())
    return ok(
        "catalogue",
        f"{len(region.municipalities)} municipalities, {len(region.workloads)} workloads, {machines} machines",
    )


def catalogue_failures(error: UitwijkError) -> Iterator[Line]:
    """Why the catalogue could not be loaded."""
    for problem in error.problems:
        yield fail("catalogue", problem, "correct the file; nothing else was checked")


def situation_line(region: Region, situation: Situation) -> Line:
    """Whether this is a normal day."""
    unusual = [f"{site} is {state}" for site, state in situation.sites.items() if state is not SiteState.NORMAL]
    unusual += [f"{building} is closed" for building in situation.closed_buildings]
    unusual += [f"dataset {name} is writable at {site}" for name, site in situation.data.items() if name != site]
    unusual += [f"{row} is overridden" for row in situation.override]
    if situation.hypothetical:
        remedy = "a real situation says `hypothetical: false`"
        return fail("situation", "it is hypothetical: no stack can be brought up with it", remedy)
    if unusual:
        remedy = "`uitwijk status` shows it; until it is normal again there may be no second site to fail over to"
        return attention("situation", f"epoch {situation.epoch}: {'; '.join(unusual)}", remedy)
    return ok("situation", f"epoch {situation.epoch}: all {len(region.sites)} sites normal, every building open")


def loss_lines(region: Region) -> Iterator[Line]:
    """For every single calamity: capacity, numbers, the majority of the work, and seats against what was accepted."""
    for loss in single_losses(region):
        yield _loss_line(region, loss, place(region, loss.situation(region)))


def _loss_line(region: Region, loss: Loss, placement: Placement) -> Line:
    subject = f"if {loss.name}"
    failures = list(_failures(region, loss, placement))
    if failures:
        whys, remedies = zip(*failures, strict=True)
        return fail(subject, "; ".join(whys), "; ".join(dict.fromkeys(remedies)))
    tight = [site for site, capacity in placement.capacity.items() if not capacity.spare_host]
    if tight:
        return attention(subject, f"{', '.join(tight)} would have no spare host", "add a host, or accept it knowingly")
    return ok(subject, _what_holds(region, loss, placement))


def _failures(region: Region, loss: Loss, placement: Placement) -> Iterator[tuple[str, str]]:
    """Why and remedy of everything that the loss would stop against all agreements."""
    if placement.shed:
        yield f"no room for {shortened(placement.shed)}", "add hosts in sites.yaml and at the site"
    nowhere = [key for key, where in placement.workloads.items() if where is None and key not in placement.shed]
    if nowhere:
        yield f"{len(nowhere)} workloads would run nowhere", "add a second site"
    silent = sorted({key.split("/")[0] for key, number in placement.numbers.items() if not number.rings_at})
    if silent:
        yield f"numbers of {shortened(silent)} would not ring", "see `uitwijk status`"
    stopped = [municipality for municipality, processes in placement.processes.items() if not processes.majority]
    if stopped:
        yield (
            f"the majority of the work would not go on in {shortened(stopped)}",
            "agree on more seats (buildings.yaml) or other relocation places",
        )
    short, accepted = _short(placement), _accepted(region, loss)
    if sum(short.values()) > accepted:
        whose = ", ".join(f"{organisation} {seats}" for organisation, seats in short.items())
        yield (
            f"{sum(short.values())} seats short ({whose}), {accepted} accepted",
            "find seats, or have the shortfall accepted (region.yaml, accepted_shortfalls)",
        )


def _short(placement: Placement) -> Mapping[str, int]:
    return {organisation: seating.short for organisation, seating in placement.seats.items() if seating.short}


def _accepted(region: Region, loss: Loss) -> int:
    return sum(s.seats for s in region.settings.accepted_shortfalls if s.building in loss.buildings)


def _what_holds(region: Region, loss: Loss, placement: Placement) -> str:
    parts = ["everything runs, the majority of the work goes on"]
    if short := sum(_short(placement).values()):
        owners = [s.owner for s in region.settings.accepted_shortfalls if s.building in loss.buildings]
        parts.append(f"{short} seats short, accepted by the {' and the '.join(owners)}")
    return "; ".join(parts)
