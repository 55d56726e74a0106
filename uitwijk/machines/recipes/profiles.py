"""Profiles of staff, for session hosts (Samba)."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import File, Job, data_path, render

_NETBIOS_LENGTH = 15


def job(here: Standing, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    """Every data disk is a share."""
    content = render(
        "smb.conf",
        name=f"{here.machine.role}-{here.machine.number}"[:_NETBIOS_LENGTH],
        shares={disk: data_path(disk) for disk in here.machine.disks},
        clients=here.clients,
    )
    return Job(
        files=[File(path="/etc/samba/smb.conf", content=content)],
        commands=["systemctl restart smbd"],
        bound=["smbd.service"],
    )
