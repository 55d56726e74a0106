"""Machines that live may not listen yet; those that never do are named."""

from __future__ import annotations

import socket
import threading

import pytest

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Standing
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.listening import await_listening

FINANCE, TAXES = "kust-finance-application-1", "kolkwijde-taxes-application-1"


def listener(region: Region, loopback: Loopback, machine: str, site: str) -> socket.socket:
    """Listens in the machine's place."""
    address = loopback.address(Standing(region, site, region.machines[machine]).address.ip)
    return socket.create_server((address, region.settings.records_port))


def test_it_waits_until_every_machine_listens_at_its_site(region: Region, loopback: Loopback) -> None:
    begun: list[socket.socket] = []
    late = threading.Timer(0.3, lambda: begun.append(listener(region, loopback, TAXES, "zandermeer")))
    with listener(region, loopback, FINANCE, "veldoord"):
        late.start()
        await_listening(region, loopback, {FINANCE: "veldoord", TAXES: "zandermeer"}, 30)
    late.join()
    (found,) = begun
    found.close()


def test_a_machine_that_does_not_listen_is_named(region: Region, loopback: Loopback) -> None:
    with listener(region, loopback, FINANCE, "veldoord"), pytest.raises(UitwijkError) as error:
        await_listening(region, loopback, {FINANCE: "veldoord", TAXES: "veldoord"}, 0)
    assert error.value.problems == (
        "kolkwijde-taxes-application-1.kustland.example does not answer after 0 s, although it lives",
    )
