"""The second half of each recipe: what its machine is told. Its contract is in `uitwijk/continuity/recipes/`.

A region adds its own: a contract in `catalogue/recipes/`, and `{**JOBS, "its-name": its_job}` for its components.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import Job
from uitwijk.machines.recipes import (
    border_controller,
    broker,
    call_server,
    directory,
    file_server,
    nothing,
    postgresql,
    profiles,
    rabbitmq,
)

MakeJob = Callable[[Standing, Mapping[str, str]], Job]
"""What a machine does, from where it stands and the secrets that its recipe names. Pure."""

JOBS: Mapping[str, MakeJob] = {
    "application": nothing.job,
    "border-controller": border_controller.job,
    "broker": broker.job,
    "call-server": call_server.job,
    "counter": nothing.job,
    "directory": directory.job,
    "file-server": file_server.job,
    "postgresql": postgresql.job,
    "profiles": profiles.job,
    "rabbitmq": rabbitmq.job,
    "session-host": nothing.job,
    "wireguard": nothing.job,
}
"""The job of each recipe that the library brings, by the recipe's name."""
