"""Two municipalities' exchanges at two sites, with name servers and border controllers, and all who telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.drill.players.conftest import HOME, placed, reserved
from tests.drill.players.machines import MUNICIPALITIES
from tests.recorded import record_small
from uitwijk.continuity import place
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.drill.guests.guests import Guests
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template
from uitwijk.drill.players.outside import Outside
from uitwijk.drill.players.telephony import Telephony
from uitwijk.resources.testing import SECRETS
from uitwijk.resources.testing.recording import Recording

MACHINES = (
    "kust-directory-server-1",
    "kust-session-border-controller-1",
    "kust-session-border-controller-2",
    *(f"{municipality}-telephony-call-server-1" for municipality in MUNICIPALITIES),
)
"""Those of each site."""
CARRIER_PASSWORD = SECRETS["carrierPassword"]
Numbers = Mapping[str, Mapping[str, Any]]


@dataclass
class Exchange:
    """What lives, and what is known of it."""

    folder: Path
    """Where guests write."""
    region: Region
    template: Template
    loopback: Loopback
    guests: Guests
    told: Mapping[str, Recording]
    secrets: dict[str, dict[str, str]]
    """By site, by key of the number block."""

    def boot(self, site: str, *names: str) -> None:
        """Powers on machines of a site, all of them if none is named."""
        for name in names or MACHINES:
            told = self.told[site][name]
            self.guests.boot(site, name, told.user_data, told.meta_data)
        self.guests.await_living(site, names or MACHINES, 60)

    def numbers(self, *closed: str, lost: str | None = None) -> Numbers:
        """Where the numbers of those who live ring with some buildings closed, and perhaps a site lost."""
        if lost is None:
            return _living(placed(self.region, *closed)["numbers"])
        sites = {site: SiteState.LOST if site == lost else SiteState.NORMAL for site in self.region.sites}
        data = {home: next(site for site in sites if site != lost) if home == lost else home for home in HOME}
        closing: dict[str, dict[str, Any]] = {building: {} for building in closed}
        situation = Situation(epoch=1, sites=sites, data=data, closed_buildings=closing)
        return _living(place(self.region, situation).to_dict()["numbers"])


def _living(numbers: Numbers) -> Numbers:
    return {key: number for key, number in numbers.items() if key.split("/")[0] in MUNICIPALITIES}


def secrets_of(recording: Recording, region: Region) -> dict[str, str]:
    """The secret of each number block, as a site's call servers are told it."""
    found = {}
    for slug in MUNICIPALITIES:
        user_data = recording[f"{slug}-telephony-call-server-1"].user_data
        written = {file["path"]: file["content"] for file in yaml.safe_load(user_data)["write_files"]}
        secrets = re.findall(r'\$var\(secret\) = "(.+)";', written["/etc/kamailio/kamailio.cfg"])
        blocks = region.municipalities[slug].number_blocks
        found |= {block.key: secret for block, secret in zip(blocks, secrets, strict=True)}
    return found


@pytest.fixture(scope="session")
def exchange(tmp_path_factory: pytest.TempPathFactory, region: Region, template: Template) -> Iterator[Exchange]:
    """Both sites live."""
    folder = tmp_path_factory.mktemp("telephony")
    told = {site: record_small(site) for site in region.sites}
    secrets = {site: secrets_of(recording, region) for site, recording in told.items()}
    with (
        reserved(region) as loopback,
        Outside(folder / "outside", region, loopback, template),
        Guests(folder / "guests", template, loopback) as guests,
    ):
        living = Exchange(folder / "guests", region, template, loopback, guests, told, secrets)
        for site in region.sites:
            living.boot(site)
        yield living


@pytest.fixture
def people(exchange: Exchange, tmp_path: Path) -> Iterator[Telephony]:
    """Everybody who telephones; nobody sits anywhere yet, and in the end nobody is logged in any more."""
    with opened(exchange, tmp_path) as telephony:
        yield telephony
        for building in telephony.telephones.closed:
            telephony.telephones.building_opened(building)
        telephony.telephones.sit(exchange.numbers())
        telephony.telephones.sit({})


def opened(exchange: Exchange, folder: Path, carrier_password: str = CARRIER_PASSWORD) -> Telephony:
    """Players; nobody sits anywhere yet."""
    return Telephony(folder, exchange.template, exchange.loopback, exchange.region, exchange.secrets, carrier_password)
