"""Which machines stand in a vCenter: much less than the whole inventory, for a run waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyVmomi import vim, vmodl

from uitwijk.continuity.errors import UitwijkError
from uitwijk.observe.login import Login
from uitwijk.observe.session import connected
from uitwijk.observe.vcenter import TIMEOUT


def standing_machines(login: Login) -> frozenset[str] | None:
    """Names of the machines in a vCenter, templates left out; None: they cannot be read."""
    try:
        with connected(login.server, login.user, login.password, timeout=TIMEOUT) as vcenter:
            return frozenset(_names(vcenter.content))
    except UitwijkError:
        return None


def _names(content: Any) -> Iterator[str]:
    collector = vmodl.query.PropertyCollector
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    try:
        every = collector.TraversalSpec(name="view", path="view", type=vim.view.ContainerView, skip=False)
        wanted = collector.PropertySpec(type=vim.VirtualMachine, pathSet=["name", "config.template"])
        where = collector.ObjectSpec(obj=view, skip=True, selectSet=[every])
        found = content.propertyCollector.RetrieveContents([collector.FilterSpec(objectSet=[where], propSet=[wanted])])
    finally:
        view.Destroy()
    for machine in found:
        properties = {each.name: each.val for each in machine.propSet}
        if "name" in properties and not properties.get("config.template"):
            yield properties["name"]
