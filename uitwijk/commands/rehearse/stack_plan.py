"""What the engine would do to a stack, as a plan tells it: without anything that differs from run to run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from uitwijk.continuity.plan import MACHINES, machine_in_words
from uitwijk.observe.stacks import DISK, MACHINE, SITUATION
from uitwijk.running.engine import Operation

_NAMES = {
    MACHINE: MACHINES,
    DISK: "data disks",
    "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule": "anti-affinity rules",
}
_MIB = 1024
"""Per GiB; the provider counts memory in MiB."""
_REPLACEMENT = {"create-replacement": "replace", "delete-replaced": "replace"}
"""The engine tells a replacement in three steps."""


def stack_plan(operations: Iterable[Operation], without: Collection[Operation] = ()) -> dict[str, Any]:
    """What changes, by operation and type; names in alphabetical order.

    Args:
        operations: of a preview of the calamity.
        without: what a preview of a normal day would change, too: it has nothing to do with the calamity.

    Returns:
        For example `{"create": {"machines": {name: words}}, "update": {"folders": {name: "properties"}}}`.
    """
    usual = set(without)
    found: dict[str, dict[str, dict[str, str]]] = {}
    for operation in changes(operations):
        if operation in usual:
            continue
        op = _REPLACEMENT.get(operation.op, operation.op)
        described = _described(op, operation)
        found.setdefault(op, {}).setdefault(_kind(operation.type), {})[operation.name] = described
    return {op: {kind: _listed(names) for kind, names in sorted(kinds.items())} for op, kinds in sorted(found.items())}


def changes(operations: Iterable[Operation]) -> list[Operation]:
    """Those that change something, but for the record of the situation, which every `up` writes."""
    return [each for each in operations if each.op not in ("same", "read") and each.type != SITUATION]


def _kind(token: str) -> str:
    """People's name for it; else the type in words: `vsphere:index/folder:Folder` as `folder`."""
    return _NAMES.get(token) or " ".join(re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", token.rsplit(":", 1)[-1])).lower()


def _described(op: str, operation: Operation) -> str:
    if op in ("update", "replace"):
        return ", ".join(operation.properties) or "properties that the engine does not name"
    return _machine(operation.inputs) if op == "create" and operation.type == MACHINE else ""


def _machine(inputs: Any) -> str:
    first = inputs["clone"]["customize"]["networkInterfaces"][0]["ipv4Address"]
    attached = [disk["path"] for disk in inputs["disks"] if disk.get("attach")]
    return machine_in_words(inputs["numCpus"], inputs["memory"] // _MIB, first, attached)


def _listed(names: dict[str, str]) -> dict[str, str] | list[str]:
    return dict(sorted(names.items())) if any(names.values()) else sorted(names)
