"""The region as people meet it, for tests of what they do with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.drill.players.world import World
from uitwijk.continuity import place
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template, find_template
from uitwijk.drill.players.buildings import Buildings
from uitwijk.drill.players.people import Account, give_accounts

HOME = {"veldoord": "veldoord", "zandermeer": "zandermeer"}


def placed(region: Region, *closed: str) -> dict[str, Any]:
    """Who sits where with some buildings closed and both sites running."""
    sites = dict.fromkeys(region.sites, SiteState.NORMAL)
    situation = Situation(epoch=1, sites=sites, data=HOME, closed_buildings={building: {} for building in closed})
    return place(region, situation).to_dict()


def cold(region: Region) -> dict[str, str]:
    """Where every cold machine runs on a normal day."""
    return {m.name: w.home for w in region.workloads.values() if not w.hot for m in w.machines}


@contextmanager
def reserved(region: Region) -> Iterator[Loopback]:
    """Addresses that nobody else uses; name servers listen at a port that is only for root."""
    if os.geteuid() != 0:
        assert not os.environ.get("CI"), "CI runs as root"
        pytest.skip("name servers listen at port 53, which takes root")
    with Loopback.reserve(region) as loopback:
        yield loopback


@pytest.fixture
def loopback(region: Region) -> Iterator[Loopback]:
    """Addresses of the delivered region."""
    with reserved(region) as loopback:
        yield loopback


@pytest.fixture(scope="session")
def template() -> Template:
    """The root that has the drill's programs; made where that is possible."""
    found = find_template("required" if os.environ.get("CI") else "auto", print)
    if found is None:
        pytest.skip("this computer can have no living guests")
    return found


@pytest.fixture
def world(tmp_path: Path, region: Region, loopback: Loopback) -> Iterator[World]:
    """Every machine answers."""
    with World(tmp_path / "disks", region, loopback, cold(region)) as running:
        yield running


@pytest.fixture
def accounts(region: Region, world: World) -> Mapping[str, Account]:
    """A clerk's account in every municipality."""
    return give_accounts(region, region.municipalities, world.disk)


@pytest.fixture
def buildings(tmp_path: Path, region: Region, loopback: Loopback) -> Iterator[Buildings]:
    """Every building is open."""
    with Buildings(tmp_path / "queues", region, loopback) as opened:
        yield opened
