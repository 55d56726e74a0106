"""Debian's own programs, unpacked once a session."""

from __future__ import annotations

import pytest

from tests.machines.debian import DebianError, Unpacked, require_debian, unpack
from tests.needed import needed
from tests.recorded import recorded  # noqa: F401

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


@pytest.fixture(scope="session")
def archive() -> None:
    """Debian 12's archive can be asked."""
    needed(ARCHIVE, require_debian, DebianError)


@pytest.fixture(scope="session")
def debian(archive: None, tmp_path_factory: pytest.TempPathFactory) -> Unpacked:  # noqa: ARG001
    """Debian's programs, unpacked for this session."""
    return needed(ARCHIVE, lambda: unpack(PROGRAMS, tmp_path_factory.mktemp("debian")), DebianError)
