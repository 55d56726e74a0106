"""The machines of a workplace: profile storage and brokers. What a session host runs is in its template."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.region import Machine, Region
from uitwijk.machines.jobs.job import File, Job, data_path, render
from uitwijk.machines.names import clients, role_of, waiting

_NETBIOS_LENGTH = 15


def workplaces_job(region: Region, site: str, machine: Machine, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    """A storage of profiles shares its disk; a broker spreads sessions over the hosts behind it."""
    packages = role_of(region, machine).packages
    if "samba" in packages:
        return _profiles(region, site, machine)
    if "haproxy" in packages:
        return _broker(region, site, machine)
    return Job()


def _profiles(region: Region, site: str, machine: Machine) -> Job:
    content = render(
        "smb.conf",
        name=f"{machine.role}-{machine.number}"[:_NETBIOS_LENGTH],
        shares={disk: data_path(disk) for disk in machine.disks},
        clients=clients(region, site, machine),
    )
    return Job(files=[File(path="/etc/samba/smb.conf", content=content)], commands=["systemctl restart smbd"])


def _broker(region: Region, site: str, machine: Machine) -> Job:
    content = render(
        "haproxy.cfg",
        address=region.address(site, machine).ip,
        port=role_of(region, machine).port,
        session_hosts=waiting(region, site, machine),
    )
    return Job(
        files=[File(path="/etc/haproxy/haproxy.cfg", content=content)],
        commands=["systemctl restart haproxy"],
    )
