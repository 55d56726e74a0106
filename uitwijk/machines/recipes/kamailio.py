"""What call servers and border controllers have in common: numbers, and where calls go (Kamailio)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from uitwijk.continuity.numbers import NumberBlock
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Endpoint, reached_from
from uitwijk.machines.job import File, Job, render

OUTSIDE = 1
"""Kamailio's number of the set of destinations for calls to the outside."""
Destinations = tuple[int, Sequence[Endpoint | str]]
"""Number of a set, and where its calls may go, first choice first."""


def kamailio(configuration: str, sets: Sequence[Destinations]) -> Job:
    """Runs Kamailio with a configuration.

    Args:
        sets: where calls go.
    """
    destinations = render("dispatcher.list", sets=sets)
    return Job(
        files=[
            File(path="/etc/kamailio/kamailio.cfg", content=configuration, permissions="0640", owner="root:kamailio"),
            File(path="/etc/kamailio/dispatcher.list", content=destinations),
        ],
        commands=["systemctl restart kamailio"],
    )


def endpoints(region: Region, site: str, workloads: Iterable[str]) -> list[Endpoint]:
    """Where all machines of some workloads are reached from a site, its own first."""
    return [standing.endpoint for key in workloads for standing in reached_from(region, site, region.workloads[key])]


def pattern(blocks: Sequence[NumberBlock]) -> str:
    """A regular expression for exactly the numbers of the blocks, in E.164 with or without the plus."""
    choices = [choice for block in blocks for choice in _ranges(block.numbers.start, block.numbers.stop - 1)]
    return rf"^\+?({'|'.join(choices)})$"


def _ranges(first: int, last: int) -> list[str]:
    """Patterns that together match the whole numbers from `first` to `last`, which have equally many digits."""
    found = []
    while first <= last:
        free = 0
        while first % 10 ** (free + 1) == 0 and first + 10 ** (free + 1) - 1 <= last:
            free += 1
        fixed = str(first)[: len(str(first)) - free]
        found.append(f"{fixed}[0-9]{{{free}}}" if free else fixed)
        first += 10**free
    return found
