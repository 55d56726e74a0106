"""What the program registers at a site in a situation, recorded once a session; and Debian's own programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tests.components.debian import DebianError, Unpacked, require_debian, unpack
from tests.delivered import catalogue, region  # noqa: F401
from tests.needed import needed
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.resources.testing import record_site
from uitwijk.resources.testing.recording import Recording

HOME_DATA = {"bolsward": "bolsward", "leeuwarden": "leeuwarden"}
ALL_NORMAL = {"bolsward": SiteState.NORMAL, "leeuwarden": SiteState.NORMAL}

SITUATIONS = {
    "normal": Situation(epoch=1, sites=ALL_NORMAL, data=HOME_DATA),
    "S1": Situation(epoch=2, sites=ALL_NORMAL, data=HOME_DATA, closed_buildings={"harlingen-town-hall": {}}),
    "S2": Situation(
        epoch=2,
        sites={**ALL_NORMAL, "bolsward": SiteState.LOST},
        data={**HOME_DATA, "bolsward": "leeuwarden"},
        closed_buildings={"iszf-office": {}},
    ),
    "S3": Situation(
        epoch=2,
        sites={**ALL_NORMAL, "leeuwarden": SiteState.LOST},
        data={**HOME_DATA, "leeuwarden": "bolsward"},
        closed_buildings={"leeuwarden-town-hall": {}},
    ),
    "bolsward drained": Situation(
        epoch=3,
        sites={**ALL_NORMAL, "bolsward": SiteState.DRAINED},
        data={**HOME_DATA, "bolsward": "leeuwarden"},
    ),
}

PROGRAMS = (
    "bind9-dnsutils",
    "cloud-init",
    "haproxy",
    "kamailio",
    "kamailio-extra-modules",
    "knot",
    "knot-dnssecutils",
    "netplan.io",
    "python3-reportlab",
)
"""Debian packages that tests run."""

ARCHIVE = "Debian 12's archive"

Recorded = Callable[[str, str], Recording]


@pytest.fixture(scope="session")
def recorded() -> Recorded:
    """What stack `site` registers in a situation, by its name above."""

    @cache
    def recording(site: str, situation: str) -> Recording:
        return record_site(site, situation=SITUATIONS[situation])

    return recording


@pytest.fixture(scope="session")
def archive() -> None:
    """Debian 12's archive can be asked."""
    needed(ARCHIVE, require_debian, DebianError)


@pytest.fixture(scope="session")
def debian(archive: None, tmp_path_factory: pytest.TempPathFactory) -> Unpacked:  # noqa: ARG001
    """Debian's programs, unpacked for this session."""
    return needed(ARCHIVE, lambda: unpack(PROGRAMS, tmp_path_factory.mktemp("debian")), DebianError)
