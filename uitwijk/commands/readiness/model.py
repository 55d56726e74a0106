"""What the catalogue and the situation alone tell: above all, whether every single calamity can be borne."""

from __future__ import annotations

from collections.abc import Iterator

from uitwijk.commands.readiness.line import Line, attention, fail, ok
from uitwijk.commands.readiness.room import room
from uitwijk.continuity import place
from uitwijk.continuity.calamity import single_calamities
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.processes import judge_processes
from uitwijk.continuity.proof import in_words
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.continuity.spare import asked_of
from uitwijk.wording import count, shortened


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


def declared_lines(region: Region, situation: Situation) -> Iterator[Line]:
    """Whether this is a normal day; if not, what the situation itself means, as for every single calamity."""
    yield situation_line(region, situation)
    if situation.closed_buildings or set(situation.sites.values()) != {SiteState.NORMAL}:
        yield judged("as it is declared", region, situation)


def loss_lines(region: Region) -> Iterator[Line]:
    """For every single calamity: capacity, numbers, the majority of the work, and seats against what was accepted."""
    for calamity in single_calamities(region):
        situation = calamity.situation(region)
        yield judged(f"if {in_words(situation)}", region, situation)


def judged(subject: str, region: Region, situation: Situation) -> Line:
    """Whether all goes on in a situation as agreed; what was accepted knowingly still needs attention."""
    placement = place(region, situation)
    judgement = _Judgement(region, situation, placement)
    for verdict, found in ((fail, judgement.failures()), (attention, judgement.accepted())):
        if findings := list(found):
            whys, remedies = zip(*findings, strict=True)
            return verdict(subject, "; ".join(whys), "; ".join(dict.fromkeys(remedies)))
    return ok(subject, "everything runs, the majority of the work goes on")


class _Judgement:
    """Findings on a placement, each with its remedy."""

    def __init__(self, region: Region, situation: Situation, placement: Placement) -> None:
        self._region = region
        self._placement = placement
        self._short = {who: seating.short for who, seating in placement.seats.items() if seating.short}
        self._shortfalls = [s for s in region.settings.accepted_shortfalls if s.building in situation.closed_buildings]
        self._covered = sum(self._short.values()) <= sum(s.seats for s in self._shortfalls)
        """Whether no more people are without a seat than was accepted."""
        self._stopped = [slug for slug, processes in placement.processes.items() if not processes.majority]
        """The municipalities in which no majority of the work goes on."""

    def failures(self) -> Iterator[tuple[str, str]]:
        """What is against all agreements."""
        placement = self._placement
        if placement.shed:
            sheds = [site for site, capacity in placement.capacity.items() if capacity.shed]
            yield f"no room for {shortened(placement.shed)}", "; ".join(self._more_hosts(site) for site in sheds)
        nowhere = [key for key, where in placement.workloads.items() if where is None and key not in placement.shed]
        if nowhere:
            yield f"{count(len(nowhere), 'workload')} can run nowhere", "a second site must be normal"
        silent = sorted({key.split("/")[0] for key, number in placement.numbers.items() if not number.rings_at})
        if silent:
            yield f"numbers of {shortened(silent)} do not ring", "see `uitwijk status`"
        for municipality in self._stopped:
            if not (self._covered and self._for_want_of_seats(municipality)):
                yield (
                    self._no_majority(municipality),
                    "agree on more seats (buildings.yaml) or other relocation places",
                )
        if not self._covered:
            whose = ", ".join(f"{organisation} {seats}" for organisation, seats in self._short.items())
            yield (
                f"{sum(self._short.values())} seats short ({whose}), {sum(s.seats for s in self._shortfalls)} accepted",
                "find seats, or have the shortfall accepted (region.yaml, accepted_shortfalls)",
            )

    def accepted(self) -> Iterator[tuple[str, str]]:
        """What works less well than it should, and is known; where there are no failures."""
        full = [site for site, capacity in self._placement.capacity.items() if not capacity.spare_host]
        if full:
            remedy = "; ".join(self._more_hosts(site, spare=True) for site in full)
            yield f"no spare host at {', '.join(full)}", f"{remedy}; or accept it knowingly"
        remedy = "agree on seats outside the region, or accept it anew (region.yaml, accepted_shortfalls)"
        for municipality in self._stopped:
            yield self._no_majority(municipality), remedy
        if self._short:
            owners = " and ".join(f"the {s.owner} on {s.date}" for s in self._shortfalls)
            yield f"{sum(self._short.values())} seats short, accepted by {owners}", remedy

    def _more_hosts(self, site: str, *, spare: bool = False) -> str:
        region = self._region
        return room(region, site, [region.sites[site].hosts], asked_of(self._placement, site), spare=spare)

    def _no_majority(self, municipality: str) -> str:
        stopped = self._placement.processes[municipality].stopped
        reasons = [f"{process} {why}" for process, why in stopped.items()]
        return f"no majority of the work goes on in {municipality}: {shortened(reasons, 3)}"

    def _for_want_of_seats(self, municipality: str) -> bool:
        """Whether a majority would go on there if all of its staff had a seat, and everything else is as it is."""
        region, seating = self._region, self._placement.seats[municipality]
        with_seats = judge_processes(
            region,
            municipality,
            seats=seating.needed,
            buildings=frozenset(seating.at or region.relocation[municipality]),
            down=frozenset(key for key, where in self._placement.workloads.items() if where is None),
            rings=True,
        )
        return with_seats.majority
