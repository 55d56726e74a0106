"""The machines of applications: each package that needs to know something of the region is told it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from uitwijk.continuity.region import Machine, Region
from uitwijk.machines.jobs.job import File, Job, data_path, render
from uitwijk.machines.names import ANNOUNCED_TTL, clients, full_name, own_endpoint, own_site_first, peers, role_of

DNS_UPDATE_KEY = "dns-update-key"
"""Name of the TSIG key among the secrets."""
CLUSTER = "cluster"
"""Name of the secret that the nodes of a service bus share."""

Recipe = Callable[[Region, str, Machine, Mapping[str, str]], Job]


def application_job(region: Region, site: str, machine: Machine, secrets: Mapping[str, str]) -> Job:
    """The job of a machine, from the packages of its role."""
    job = Job()
    for package in role_of(region, machine).packages:
        if package in _RECIPES:
            job += _RECIPES[package](region, site, machine, secrets)
    return job


def _name_server(region: Region, site: str, machine: Machine, secrets: Mapping[str, str]) -> Job:
    zone = region.settings.domain
    machines = [
        (full_name(region, where, hot), region.address(where, hot).ip)
        for where in region.sites
        for workload in region.workloads.values()
        if workload.hot
        for hot in workload.machines
    ]
    stations = [
        (region.station_name(slug, station), region.station_address(slug, station))
        for slug, building in region.buildings.items()
        for station in building.stations
    ]
    configuration = render(
        "knot.conf",
        organisation=machine.organisation,
        site=site,
        zone=zone,
        # Its own address alone: the system's local resolver may hold the port at 127.0.0.53.
        address=region.address(site, machine).ip,
        port=role_of(region, machine).port,
        key=secrets[DNS_UPDATE_KEY],
        gateway=region.address(site, machine).network.network_address + 1,
    )
    servers = [own_endpoint(region, site, machine), *peers(region, site, machine)]
    collect = "/usr/local/sbin/collect-names"
    values = {
        "zone": zone,
        "address": region.address(site, machine).ip,
        "port": role_of(region, machine).port,
        "servers": _other_name_servers(region, site, machine),
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
            announcement_key(secrets[DNS_UPDATE_KEY]),
            File(path=collect, content=render("collect-names.sh", **values), permissions="0755"),
            File(
                path="/etc/systemd/system/knot.service.d/uitwijk.conf",
                content=f"[Service]\nExecStartPre=+{collect}\n",
            ),
        ],
        commands=["systemctl daemon-reload", "systemctl restart knot"],
    )


def _other_name_servers(region: Region, site: str, machine: Machine) -> list[str]:
    """Addresses of those that know the same names, the other site's first: if this one was lost, they know better."""
    return [
        str(region.address(where, other).ip)
        for where in reversed(own_site_first(region, site))
        for other in region.workloads[machine.workload].machines
        if (where, other) != (site, machine)
    ]


def announcement_key(key: str) -> File:
    """The key with which machines announce their names and name servers tell each other's, for dig and nsupdate."""
    return File(path="/etc/uitwijk/dns-update.key", content=render("dns-update.key", key=key), permissions="0600")


def _time_server(region: Region, site: str, machine: Machine, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    content = render(
        "chrony.conf",
        blocks=[region.sites[where].address_block for where in own_site_first(region, site)],
        peers=peers(region, site, machine),
    )
    return Job(
        files=[File(path="/etc/chrony/conf.d/uitwijk.conf", content=content)], commands=["systemctl restart chrony"]
    )


def _database(region: Region, site: str, machine: Machine, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    (disk,) = machine.disks
    values = {
        "data": data_path(disk),
        "address": region.address(site, machine).ip,
        "port": role_of(region, machine).port,
        "clients": clients(region, site, machine),
    }
    move = "/usr/local/sbin/move-database"
    return Job(
        files=[
            File(path="/etc/postgresql/uitwijk.conf", content=render("postgresql.conf", **values)),
            File(path="/etc/postgresql/uitwijk-hba.conf", content=render("postgresql-hba.conf", **values)),
            File(path=move, content=render("move-database.sh", **values), permissions="0755"),
            # Its address and its disk may come late.
            File(
                path="/etc/systemd/system/postgresql@.service.d/uitwijk.conf",
                content=render("postgresql.service", **values),
            ),
        ],
        commands=["systemctl daemon-reload", move],
    )


def _file_server(region: Region, site: str, machine: Machine, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    content = render(
        "exports", shares=[data_path(disk) for disk in machine.disks], clients=clients(region, site, machine)
    )
    return Job(files=[File(path="/etc/exports.d/uitwijk.exports", content=content)], commands=["exportfs -ra"])


def _service_bus(region: Region, site: str, machine: Machine, secrets: Mapping[str, str]) -> Job:
    own = own_endpoint(region, site, machine)
    nodes = sorted([own, *peers(region, site, machine)])
    environment = f"RABBITMQ_USE_LONGNAME=true\nRABBITMQ_NODENAME=rabbit@{own.host}\n"
    return Job(
        files=[
            File(
                path="/etc/rabbitmq/rabbitmq.conf",
                content=render(
                    "rabbitmq.conf",
                    address=region.address(site, machine).ip,
                    port=own.port,
                    nodes=[node.host for node in nodes],
                ),
            ),
            File(path="/etc/rabbitmq/rabbitmq-env.conf", content=environment),
            File(
                path="/var/lib/rabbitmq/.erlang.cookie",
                content=secrets[CLUSTER],
                permissions="0400",
                owner="rabbitmq:rabbitmq",
            ),
        ],
        commands=["systemctl restart rabbitmq-server"],
    )


_RECIPES: Mapping[str, Recipe] = {
    "knot": _name_server,
    "chrony": _time_server,
    "postgresql": _database,
    "nfs-kernel-server": _file_server,
    "rabbitmq-server": _service_bus,
}
