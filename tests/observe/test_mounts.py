"""On which hosts a datastore can be written, as a vCenter tells it."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from uitwijk.observe.mounts import unwritable

HOSTS = [vim.HostSystem(f"host-{number}") for number in (1, 2)]


def told(*mounts: dict[str, Any], **second_host: Any) -> dict[str, dict[str, str]]:
    hosts = [
        (HOSTS[0], {"name": "one", "runtime.connectionState": "connected", "runtime.inMaintenanceMode": False}),
        (HOSTS[1], {"name": "two", "runtime.connectionState": "connected", **second_host}),
    ]
    mounted = [
        vim.Datastore.HostMount(key=host, mountInfo=vim.host.MountInfo(accessMode="readWrite", **mount))
        if "accessMode" not in mount
        else vim.Datastore.HostMount(key=host, mountInfo=vim.host.MountInfo(**mount))
        for host, mount in zip(HOSTS, mounts, strict=False)
    ]
    return unwritable(hosts, [(vim.Datastore("datastore-1"), {"name": "data", "host": mounted})])


def test_a_datastore_that_every_host_can_write_on_has_nothing_wrong() -> None:
    assert told({}, {"mounted": True, "accessible": True}) == {"data": {}}


@pytest.mark.parametrize(
    ("mount", "wrong"),
    [
        ({"accessMode": "readOnly"}, "read-only"),
        ({"mounted": False}, "not mounted"),
        ({"accessible": False}, "not mounted"),
    ],
)
def test_a_host_that_cannot_write_is_told_with_the_reason(mount: dict[str, Any], wrong: str) -> None:
    assert told({}, mount) == {"data": {"two": wrong}}


def test_a_host_without_the_datastore_cannot_write_on_it() -> None:
    assert told({}) == {"data": {"two": "not mounted"}}
    assert told() == {"data": {"one": "not mounted", "two": "not mounted"}}


@pytest.mark.parametrize("state", [{"runtime.inMaintenanceMode": True}, {"runtime.connectionState": "notResponding"}])
def test_a_host_that_runs_no_machine_now_does_not_count(state: dict[str, Any]) -> None:
    assert told({}, {"accessMode": "readOnly"}, **state) == {"data": {}}
