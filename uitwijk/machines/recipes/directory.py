"""Names (Knot), the time (chrony) and who is who (OpenLDAP)."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.announcement import ANNOUNCED_TTL, announcement_key
from uitwijk.machines.job import File, Job, render


def job(here: Standing, secrets: Mapping[str, str]) -> Job:
    """Every name of the region, told by this machine's own address, and one time for everybody."""
    return _names(here, secrets["dns-update-key"]) + _time(here)


def _names(here: Standing, key: str) -> Job:
    region, zone = here.region, here.region.settings.domain
    hot = (
        Standing(region, where, machine)
        for where in region.sites
        for workload in region.workloads.values()
        if workload.hot
        for machine in workload.machines
    )
    machines = [(standing.name, standing.address.ip) for standing in hot]
    stations = [
        (region.station_name(slug, station), region.station_address(slug, station))
        for slug, building in region.buildings.items()
        for station in building.stations
    ]
    configuration = render(
        "knot.conf",
        organisation=here.machine.organisation,
        site=here.site,
        zone=zone,
        # Its own address alone: the system's local resolver may hold the port at 127.0.0.53.
        address=here.address.ip,
        port=here.role.port,
        key=key,
        gateway=here.gateway,
    )
    servers = [here.endpoint, *here.peers]
    collect = "/usr/local/sbin/collect-names"
    values = {
        "zone": zone,
        "address": here.address.ip,
        "port": here.role.port,
        "servers": _other_name_servers(here),
        "ttl": ANNOUNCED_TTL,
    }
    return Job(
        packages=["bind9-dnsutils"],
        files=[
            File(path="/etc/knot/knot.conf", content=configuration, permissions="0640", owner="root:knot"),
            File(
                path="/etc/knot/names-that-stay.zone",
                content=render("zone", zone=zone, servers=servers, records=[*machines, *stations]),
            ),
            announcement_key(key),
            File(path=collect, content=render("collect-names.sh", **values), permissions="0755"),
            File(
                path="/etc/systemd/system/knot.service.d/uitwijk.conf",
                content=f"[Service]\nExecStartPre=+{collect}\n",
            ),
        ],
        commands=["systemctl daemon-reload", "systemctl restart knot"],
    )


def _other_name_servers(here: Standing) -> list[str]:
    """Addresses of those that know the same names, the other site's first: if this one was lost, they know better."""
    return [
        str(Standing(here.region, where, other).address.ip)
        for where in reversed(here.region.nearest_sites(here.site))
        for other in here.workload.machines
        if (where, other) != (here.site, here.machine)
    ]


def _time(here: Standing) -> Job:
    content = render(
        "chrony.conf",
        blocks=[here.region.sites[where].address_block for where in here.region.nearest_sites(here.site)],
        peers=here.peers,
    )
    return Job(
        files=[File(path="/etc/chrony/conf.d/uitwijk.conf", content=content)], commands=["systemctl restart chrony"]
    )
