"""Files for the machines that need them (NFS)."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import File, Job, data_path, render


def job(here: Standing, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    """Every data disk is a share."""
    content = render("exports", shares=[data_path(disk) for disk in here.machine.disks], clients=here.clients)
    return Job(
        files=[File(path="/etc/exports.d/uitwijk.exports", content=content)],
        commands=["exportfs -ra"],
        bound=["nfs-server.service"],
    )
