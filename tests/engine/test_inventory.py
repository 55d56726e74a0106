"""What an independent client reads of a vCenter, on a simulated one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from uitwijk.continuity.region import Region
from uitwijk.observe.inventory import read_inventory
from uitwijk.observe.session import VCenterError
from uitwijk.running.toolchain import Toolchain
from uitwijk.simulated.vcenter import USER, SimulatedVCenter


@pytest.fixture(scope="module")
def vcenter(
    toolchain: Toolchain, region: Region, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimulatedVCenter]:
    """The vCenter of Veldoord, as the catalogue wants it, without a machine."""
    started = SimulatedVCenter("veldoord", tmp_path_factory.mktemp("inventory"))
    started.start(toolchain.simulator, region)
    yield started
    started.stop()


def test_everything_that_the_catalogue_needs_is_read(vcenter: SimulatedVCenter, region: Region) -> None:
    found = read_inventory(vcenter.address.server, USER, vcenter.password, cafile=vcenter.address.ca)
    assert (found.datacenters, found.clusters, found.machines) == (("veldoord",), ("veldoord",), ())
    assert {host.name: (host.cores, host.memory_gib, host.cpu_generation) for host in found.hosts} == {
        host.name: (host.cores, host.memory_gib, host.cpu_generation) for host in region.sites["veldoord"].hosts
    }
    assert found.datastores == {"data-veldoord": 40000, "data-zandermeer": 40000, "local": 20000}
    assert {"kolkwijde-servers", "kust-voice"} <= set(found.networks)
    assert {template.name: (template.content_id, template.folder) for template in found.templates} == {
        name: (system.content_id, "templates") for name, system in region.settings.systems.items()
    }


def test_the_password_never_shows_in_an_error(vcenter: SimulatedVCenter) -> None:
    with pytest.raises(VCenterError, match=f"refuses the login of {USER}") as told:
        read_inventory(vcenter.address.server, USER, "sentinel-4711", cafile=vcenter.address.ca)
    assert "sentinel-4711" not in str(told.value)


def test_a_certificate_of_a_stranger_is_refused(vcenter: SimulatedVCenter) -> None:
    with pytest.raises(VCenterError, match=r"its certificate is not trusted .*SSL_CERT_FILE"):
        read_inventory(vcenter.address.server, USER, vcenter.password)


def test_a_vcenter_that_refuses_connections_is_one_clear_error(vcenter: SimulatedVCenter) -> None:
    vcenter.management("refuse")
    try:
        with pytest.raises(VCenterError, match="does not answer as a vCenter should") as told:
            read_inventory(vcenter.address.server, USER, vcenter.password, cafile=vcenter.address.ca)
    finally:
        vcenter.management("up")
    assert len(told.value.problems) == 1


def test_a_file_that_holds_no_authority_is_one_clear_error(vcenter: SimulatedVCenter, tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("nothing\n", encoding="utf-8")
    with pytest.raises(VCenterError):
        read_inventory(vcenter.address.server, USER, vcenter.password, cafile=empty)
