"""RabbitMQ: the nodes of a workload are one cluster."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import File, Job, data_path, render


def job(here: Standing, secrets: Mapping[str, str]) -> Job:
    """The nodes know each other by name, and recognise each other by a secret."""
    own = here.endpoint
    nodes = sorted([own, *here.peers])
    environment = f"RABBITMQ_USE_LONGNAME=true\nRABBITMQ_NODENAME=rabbit@{own.host}\n"
    queues = [f"{data_path(disk)}/mnesia" for disk in here.machine.disks]
    for folder in queues:
        environment += f"RABBITMQ_MNESIA_BASE={folder}\n"
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
                content=secrets["cluster"],
                permissions="0400",
                owner="rabbitmq:rabbitmq",
            ),
        ],
        commands=[
            *(f"install -d -o rabbitmq -g rabbitmq -m 0750 {folder}" for folder in queues),
            "systemctl restart rabbitmq-server",
        ],
        bound=["rabbitmq-server.service"],
    )
