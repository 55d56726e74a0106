"""What the guard wants to know of a vCenter: much less than the whole inventory, for a run waits for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

from pyVmomi import vim, vmodl

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.facts import VCenterFacts
from uitwijk.observe import mounts
from uitwijk.observe.data_disks import disks_on
from uitwijk.observe.login import Login
from uitwijk.observe.session import connected
from uitwijk.observe.vcenter import TIMEOUT

_PATHS = {
    vim.VirtualMachine: ["name", "config.template", "snapshot"],
    vim.HostSystem: mounts.HOST,
    vim.Datastore: mounts.DATASTORE,
}


def read_vcenter_facts(login: Login, datastores: Collection[str]) -> VCenterFacts:
    """What stands in a vCenter; nothing, if it cannot be read.

    Args:
        login: to it.
        datastores: names of those with the data.
    """
    try:
        with connected(login.server, login.user, login.password, timeout=TIMEOUT) as vcenter:
            return _facts(vcenter.content, datastores)
    except UitwijkError:
        return VCenterFacts()


def _facts(content: Any, names: Collection[str]) -> VCenterFacts:
    things = list(_things(content))
    machines = [
        properties
        for thing, properties in things
        if isinstance(thing, vim.VirtualMachine) and "name" in properties and not properties.get("config.template")
    ]
    hosts = [each for each in things if isinstance(each[0], vim.HostSystem)]
    datastores = [each for each in things if isinstance(each[0], vim.Datastore) and each[1].get("name") in names]
    files = {}
    for datastore, properties in datastores:
        # One that cannot be browsed is unread; the rest is known all the same.
        with suppress(OSError, vmodl.MethodFault):
            files[properties["name"]] = frozenset(disks_on(properties["name"], datastore, answer_seconds=TIMEOUT))
    return VCenterFacts(
        machines=frozenset(properties["name"] for properties in machines),
        snapped=frozenset(properties["name"] for properties in machines if properties.get("snapshot")),
        unwritable=mounts.unwritable(hosts, datastores),
        files=files,
    )


def _things(content: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    collector = vmodl.query.PropertyCollector
    view = content.viewManager.CreateContainerView(content.rootFolder, list(_PATHS), True)
    try:
        every = collector.TraversalSpec(name="view", path="view", type=vim.view.ContainerView, skip=False)
        wanted = [collector.PropertySpec(type=kind, pathSet=paths) for kind, paths in _PATHS.items()]
        where = collector.ObjectSpec(obj=view, skip=True, selectSet=[every])
        found = content.propertyCollector.RetrieveContents([collector.FilterSpec(objectSet=[where], propSet=wanted)])
    finally:
        view.Destroy()
    for thing in found:
        yield thing.obj, {each.name: each.val for each in thing.propSet}
