"""Whether machines listen: they may live for a while before they do, the longer the more of them start at once."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Standing
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.web import silence

_CONNECT_SECONDS = 1.0
_PAUSE_SECONDS = 0.1


def await_listening(region: Region, loopback: Loopback, runs: Mapping[str, str], seconds: float) -> None:
    """Waits until each cold machine listens where people and other machines ask for records.

    Args:
        runs: the site by machine name.
        seconds: how long to wait for all of them.

    Raises:
        UitwijkError: some do not in time; each is named.
    """
    deadline = time.monotonic() + seconds
    silent = dict(runs)
    while silent := {
        machine: site for machine, site in silent.items() if not _listens(region, loopback, machine, site)
    }:
        if time.monotonic() > deadline:
            names = (Standing(region, site, region.machines[machine]).name for machine, site in silent.items())
            raise UitwijkError([f"{silence(name)} after {seconds:g} s, although it lives" for name in names])
        time.sleep(_PAUSE_SECONDS)


def _listens(region: Region, loopback: Loopback, machine: str, site: str) -> bool:
    address = loopback.address(Standing(region, site, region.machines[machine]).address.ip)
    try:
        with socket.create_connection((address, region.settings.records_port), _CONNECT_SECONDS):
            return True
    except OSError:
        return False
