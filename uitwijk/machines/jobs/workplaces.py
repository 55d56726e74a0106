"""The machines of a workplace: profile storage and brokers. What a session host runs is in its template."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.jobs.job import File, Job, data_path, render

_NETBIOS_LENGTH = 15


def workplaces_job(here: Standing, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    """A storage of profiles shares its disk; a broker spreads sessions over the hosts behind it."""
    packages = here.role.packages
    if "samba" in packages:
        return _profiles(here)
    if "haproxy" in packages:
        return _broker(here)
    return Job()


def _profiles(here: Standing) -> Job:
    content = render(
        "smb.conf",
        name=f"{here.machine.role}-{here.machine.number}"[:_NETBIOS_LENGTH],
        shares={disk: data_path(disk) for disk in here.machine.disks},
        clients=here.clients,
    )
    return Job(files=[File(path="/etc/samba/smb.conf", content=content)], commands=["systemctl restart smbd"])


def _broker(here: Standing) -> Job:
    content = render(
        "haproxy.cfg",
        address=here.address.ip,
        port=here.role.port,
        session_hosts=here.later,
    )
    return Job(
        files=[File(path="/etc/haproxy/haproxy.cfg", content=content)],
        commands=["systemctl restart haproxy"],
    )
