"""Waits for a task of a vCenter, whatever the vCenter calls it."""

from __future__ import annotations

import time
from typing import Any

from pyVmomi import vim, vmodl

_EVERY_SECONDS = 0.1


def wait_for(task: Any, *, seconds: float | None = None) -> Any:
    """Waits until the task has ended, and returns its result.

    VMware's own helper looks up the method that a running task carries out, and ends on one that it does not know.

    Args:
        task: of an open session.
        seconds: that it may take; None: as long as it likes.

    Raises:
        vmodl.MethodFault: the task failed.
        TimeoutError: it did not end in time.
    """
    until = None if seconds is None else time.monotonic() + seconds
    while True:
        said = _info(task)
        if said["info.state"] == vim.TaskInfo.State.success:
            return said.get("info.result")
        if said["info.state"] == vim.TaskInfo.State.error:
            raise said["info.error"]
        if until is not None and time.monotonic() > until:
            raise TimeoutError(f"a task did not end within {seconds:g} s")
        time.sleep(_EVERY_SECONDS)


def _info(task: Any) -> dict[str, Any]:
    collector = vmodl.query.PropertyCollector
    wanted = collector.PropertySpec(type=vim.Task, pathSet=["info.state", "info.result", "info.error"])
    found = vim.ServiceInstance("ServiceInstance", task._stub).content.propertyCollector.RetrieveContents(
        [collector.FilterSpec(objectSet=[collector.ObjectSpec(obj=task)], propSet=[wanted])]
    )
    return {each.name: each.val for each in found[0].propSet}
