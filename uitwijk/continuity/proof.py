"""The proof: every calamity that can be declared, placed and checked, and the worst of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, combinations, product

from uitwijk.continuity.invariants import Invariants
from uitwijk.continuity.placement import Placement, place
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import ClosedBuilding, SiteState, Situation

MOST_SITUATIONS = 20_000
"""So many are tried in seconds to a few minutes, by the size of the region."""


@dataclass(frozen=True)
class Calamities:
    """Every state of every site, each with every set of at most so many closed buildings."""

    region: Region
    most_closed: int

    def __len__(self) -> int:
        return _site_states(self.region) * _closings(len(self.region.buildings), self.most_closed)

    @property
    def all_of_them(self) -> bool:
        """Whether no set of closed buildings is left out."""
        return self.most_closed >= len(self.region.buildings)

    def __iter__(self) -> Iterator[Situation]:
        """Fewest losses first, so that what is found first is the simplest. All data where it is at home."""
        sites, buildings = tuple(self.region.sites), tuple(self.region.buildings)
        closings = chain.from_iterable(combinations(buildings, count) for count in range(self.most_closed + 1))
        cases = list(product(product(SiteState, repeat=len(sites)), closings))
        cases.sort(key=lambda case: sum(state is not SiteState.NORMAL for state in case[0]) + len(case[1]))
        data = {site: site for site in sites}
        for states, closed in cases:
            yield Situation(
                epoch=1,
                sites=dict(zip(sites, states, strict=True)),
                data=data,
                closed_buildings=dict.fromkeys(closed, ClosedBuilding()),
            )


def all_calamities(region: Region, most: int = MOST_SITUATIONS) -> Calamities:
    """All, or, where that is more than `most`, those with at most so many closed buildings as fit; always with one."""
    fitting = 1
    for count in range(1, len(region.buildings) + 1):
        if _site_states(region) * _closings(len(region.buildings), count) <= most:
            fitting = count
    return Calamities(region, fitting)


def _site_states(region: Region) -> int:
    return int(len(SiteState) ** len(region.sites))


def _closings(buildings: int, most: int) -> int:
    subsets, total = 1, 1
    for count in range(1, most + 1):
        subsets = subsets * (buildings - count + 1) // count
        total += subsets
    return total


def losses(situation: Situation) -> int:
    """How many sites are not normal and how many buildings are closed."""
    away = sum(state is not SiteState.NORMAL for state in situation.sites.values())
    return away + len(situation.closed_buildings)


def in_words(situation: Situation) -> str:
    """As it would be declared: `lost north, closed north-office`."""
    away = [f"{state} {site}" for site, state in situation.sites.items() if state is not SiteState.NORMAL]
    closed = (f"closed {building}" for building in situation.closed_buildings)
    return ", ".join((*away, *closed)) or "all normal"


class Kind(StrEnum):
    """Of what the worst is looked for."""

    PROCESSES = "fewest processes"
    """That continue, of one municipality."""
    CAPACITY = "tightest capacity"
    SEATS = "most seats short"
    SHED = "most shed"
    """Workloads that find no room."""


@dataclass(frozen=True)
class Worst:
    """The worst of one kind, where it occurs first."""

    kind: Kind
    most_losses: int
    """Among all situations with so many losses, or fewer."""
    situation: Situation
    placement: Placement
    who: str
    """The municipality or the site; empty where it is the whole region."""


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold."""

    sentence: str
    first: str
    """The first situation in which it does not, in words."""
    times: int
    """In how many it does not."""


@dataclass(frozen=True)
class Proof:
    """What came of trying situations."""

    situations: int
    violations: tuple[Violation, ...]
    worst: tuple[Worst, ...]


def prove(region: Region, situations: Iterable[Situation], most_losses: Iterable[int]) -> Proof:
    """Places every one of `situations` and checks every invariant of it; the worst among those with so many losses."""
    invariants = Invariants(region)
    broken = {sentence: ("any situation", 1) for sentence in invariants.violated_by_the_region()}
    worst: dict[tuple[Kind, int], tuple[tuple[float, ...], Worst]] = {}
    bounds = sorted(set(most_losses))
    tried = 0
    for situation in situations:
        tried += 1
        placement = place(region, situation)
        for sentence in invariants.violated(situation, placement):
            first, times = broken.get(sentence, (in_words(situation), 0))
            broken[sentence] = first, times + 1
        lost = losses(situation)
        for kind, severity, who in _severities(placement):
            for bound in bounds:
                if lost <= bound and ((kind, bound) not in worst or severity > worst[kind, bound][0]):
                    worst[kind, bound] = severity, Worst(kind, bound, situation, placement, who)
    return Proof(
        situations=tried,
        violations=tuple(Violation(sentence, *found) for sentence, found in broken.items()),
        worst=tuple(worst[key][1] for key in product(Kind, bounds) if key in worst),
    )


def _severities(placement: Placement) -> Iterator[tuple[Kind, tuple[float, ...], str]]:
    """For every kind, how bad it is (the more the worse), and where."""
    if placement.processes:
        who = min(placement.processes, key=lambda slug: len(placement.processes[slug].continues))
        yield Kind.PROCESSES, (-len(placement.processes[who].continues),), who
    if placement.capacity:
        tightness = {
            site: (
                float(bool(capacity.shed)),
                float(not capacity.spare_host),
                max(used / available for used, available in (capacity.vcpus, capacity.memory_gib) if available),
            )
            for site, capacity in placement.capacity.items()
        }
        where = max(tightness, key=lambda site: tightness[site])
        yield Kind.CAPACITY, tightness[where], where
    yield Kind.SEATS, (sum(seating.short for seating in placement.seats.values()),), ""
    yield Kind.SHED, (len(placement.shed),), ""
