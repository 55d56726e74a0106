"""The regions that tests run on are what they are said to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.regions import FOREIGN, SMALL, Data
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState


@pytest.mark.parametrize("data", [SMALL, FOREIGN], ids=["small", "foreign"])
def test_a_region_loads_and_begins_with_everything_normal(data: Data) -> None:
    assert data.situation.epoch == 1
    assert set(data.situation.sites.values()) == {SiteState.NORMAL}
    assert not data.situation.closed_buildings


def test_the_small_region_has_63_machines_and_the_foreign_one_90() -> None:
    assert _machines_by_home(SMALL.region) == {"veldoord": 42, "zandermeer": 21}
    assert _machines_by_home(FOREIGN.region) == {"dc-poel": 34, "dc-horst": 56}


def test_no_slug_stands_in_both_regions() -> None:
    assert not set(_slugs(SMALL.region)) & set(_slugs(FOREIGN.region))


def _machines_by_home(region: Region) -> dict[str, int]:
    return Counter(region.workloads[machine.workload].home for machine in region.machines.values())


def _slugs(region: Region) -> Iterator[str]:
    named: tuple[Any, ...] = (region.sites, region.buildings, region.services, region.processes, region.organisations)
    for mapping in (*named, region.settings.systems, region.settings.networks, region.settings.sizes):
        yield from mapping
    for service in region.services.values():
        yield from service.roles
