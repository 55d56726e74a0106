"""The machines of applications: each package that needs to know something of the region is told it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.jobs.job import ANNOUNCED_TTL, File, Job, data_path, render

DNS_UPDATE_KEY = "dns-update-key"
"""Name of the TSIG key among the secrets."""
CLUSTER = "cluster"
"""Name of the secret that the nodes of a service bus share."""

Recipe = Callable[[Standing, Mapping[str, str]], Job]


def application_job(here: Standing, secrets: Mapping[str, str]) -> Job:
    """The job of a machine, from the packages of its role."""
    job = Job()
    for package in here.role.packages:
        if package in _RECIPES:
            job += _RECIPES[package](here, secrets)
    return job


def _name_server(here: Standing, secrets: Mapping[str, str]) -> Job:
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
        key=secrets[DNS_UPDATE_KEY],
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
            announcement_key(secrets[DNS_UPDATE_KEY]),
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


def announcement_key(key: str) -> File:
    """The key with which machines announce their names and name servers tell each other's, for dig and nsupdate."""
    return File(path="/etc/uitwijk/dns-update.key", content=render("dns-update.key", key=key), permissions="0600")


def _time_server(here: Standing, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    content = render(
        "chrony.conf",
        blocks=[here.region.sites[where].address_block for where in here.region.nearest_sites(here.site)],
        peers=here.peers,
    )
    return Job(
        files=[File(path="/etc/chrony/conf.d/uitwijk.conf", content=content)], commands=["systemctl restart chrony"]
    )


def _database(here: Standing, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    (disk,) = here.machine.disks
    values = {
        "data": data_path(disk),
        "address": here.address.ip,
        "port": here.role.port,
        "clients": here.clients,
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


def _file_server(here: Standing, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    content = render("exports", shares=[data_path(disk) for disk in here.machine.disks], clients=here.clients)
    return Job(files=[File(path="/etc/exports.d/uitwijk.exports", content=content)], commands=["exportfs -ra"])


def _service_bus(here: Standing, secrets: Mapping[str, str]) -> Job:
    own = here.endpoint
    nodes = sorted([own, *here.peers])
    environment = f"RABBITMQ_USE_LONGNAME=true\nRABBITMQ_NODENAME=rabbit@{own.host}\n"
    return Job(
        files=[
            File(
                path="/etc/rabbitmq/rabbitmq.conf",
                content=render(
                    "rabbitmq.conf",
                    address=here.address.ip,
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
