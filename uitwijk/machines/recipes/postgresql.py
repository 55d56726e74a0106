"""PostgreSQL, with its data on the machine's data disks."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import File, Job, data_path, render


def job(here: Standing, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    """The database moves to the first data disk, or finds itself there, and serves the machines that need it.

    Each further disk becomes a tablespace of its name.
    """
    first, *further = here.machine.disks
    values = {
        "data": data_path(first),
        "tablespaces": {disk: data_path(disk) for disk in further},
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
            # Its address may come late.
            File(
                path="/etc/systemd/system/postgresql@.service.d/uitwijk.conf",
                content=render("postgresql.service", **values),
            ),
        ],
        commands=["systemctl daemon-reload", move],
        bound=["postgresql@.service"],
    )
