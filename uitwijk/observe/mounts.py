"""On which hosts datastores can be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pyVmomi import vim

HOST = ["name", "runtime.connectionState", "runtime.inMaintenanceMode"]
"""Paths of what is asked of a host."""
DATASTORE = ["name", "host"]
"""Paths of what is asked of a datastore."""
Properties = tuple[Any, Mapping[str, Any]]
"""A managed object, and what it told."""


def unwritable(hosts: Iterable[Properties], datastores: Iterable[Properties]) -> dict[str, dict[str, str]]:
    """What is wrong with each datastore on each host: `read-only`, `not mounted`; nothing, where it can be written.

    A host that is not connected or in maintenance mode runs no machine and is left out.
    """
    used = {host._GetMoId(): properties["name"] for host, properties in hosts if _in_use(properties)}
    found: dict[str, dict[str, str]] = {}
    for _, properties in datastores:
        wrong = dict.fromkeys(used.values(), "not mounted")
        for mount in properties.get("host") or ():
            host, info = used.get(mount.key._GetMoId()), mount.mountInfo
            if host is None or info.mounted is False or info.accessible is False:
                continue
            if info.accessMode == "readWrite":
                del wrong[host]
            else:
                wrong[host] = "read-only"
        found[properties["name"]] = wrong
    return found


def _in_use(host: Mapping[str, Any]) -> bool:
    connected = host.get("runtime.connectionState") in (None, vim.HostSystem.ConnectionState.connected)
    return connected and not host.get("runtime.inMaintenanceMode")
