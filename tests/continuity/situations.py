"""Situations, said in few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations, product

from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation


def situation(
    region: Region,
    *,
    lost: Iterable[str] = (),
    drained: Iterable[str] = (),
    closed: Iterable[str] | Mapping[str, Mapping[str, int]] = (),
    promoted: Mapping[str, str] | None = None,
    override: Iterable[str] = (),
    epoch: int = 1,
    hypothetical: bool = False,
) -> Situation:
    """All normal, except what is said.

    Args:
        region: the region.
        lost: sites.
        drained: sites.
        closed: buildings; as a mapping, with the seats by building that their staff are sent to.
        promoted: site where the data is writable, by home site, where that is not the home site.
        override: rows of the guard.
        epoch: of the situation.
        hypothetical: whether it may only be previewed.
    """
    states = dict.fromkeys(region.sites, SiteState.NORMAL)
    states |= dict.fromkeys(lost, SiteState.LOST) | dict.fromkeys(drained, SiteState.DRAINED)
    sent = closed if isinstance(closed, Mapping) else {building: {} for building in closed}
    return Situation.model_validate(
        {
            "epoch": epoch,
            "sites": states,
            "data": {site: site for site in region.sites} | dict(promoted or {}),
            "closed_buildings": {building: {"staff_to": dict(seats)} for building, seats in sent.items()},
            "override": tuple(override),
            "hypothetical": hypothetical,
        }
    )


def every_state(region: Region) -> Iterator[dict[str, SiteState]]:
    """Every combination of site states."""
    for states in product(SiteState, repeat=len(region.sites)):
        yield dict(zip(region.sites, states, strict=True))


def every_closing(region: Region) -> Iterator[tuple[str, ...]]:
    """Every set of closed buildings."""
    buildings = tuple(region.buildings)
    return chain.from_iterable(combinations(buildings, count) for count in range(len(buildings) + 1))


def in_state(region: Region, states: Mapping[str, SiteState], closed: Iterable[str]) -> Situation:
    """A situation with the sites in these states, and the buildings closed."""
    return situation(
        region,
        lost=(site for site, state in states.items() if state is SiteState.LOST),
        drained=(site for site, state in states.items() if state is SiteState.DRAINED),
        closed=closed,
    )
