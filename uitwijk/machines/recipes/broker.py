"""Sessions, spread over the session hosts that wait for it (HAProxy)."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import File, Job, render


def job(here: Standing, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    """Who reconnects comes back to the same session host."""
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
