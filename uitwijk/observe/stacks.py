"""A stack's actual state, as `pulumi stack export` tells it: its outputs may be wrong after a failed update."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from uitwijk.continuity.facts import HeldDisk, StackFacts

MACHINE = "vsphere:index/virtualMachine:VirtualMachine"
DISK = "vsphere:index/virtualDisk:VirtualDisk"
"""The engine's types of machines and of data disks."""
SITUATION = "uitwijk:index:Situation"
MADE = "uitwijk:index:DataDisk"
"""That a data disk was made."""


def stack_name(project: str, site: str) -> str:
    """The whole name of the stack of `site`, by which the engine finds it from any folder."""
    return f"organization/{project}/{site}"


def parse_export(site: str, text: str) -> StackFacts:
    """The facts in the text of an exported stack; unreadable if that is not what it is."""
    try:
        deployment = json.loads(text)["deployment"] or {}
        resources = list(_resources(deployment))
        situation = next((_applied(r) for r in resources if r["type"] == SITUATION), {})
        return StackFacts(
            site=site,
            readable=True,
            epoch=None if situation.get("epoch") is None else int(situation["epoch"]),
            digest=situation.get("digest"),
            machines=frozenset(_name(r) for r in resources if r["type"] == MACHINE),
            disks={_name(r): int(r["inputs"]["size"]) for r in resources if r["type"] == DISK},
            held={_name(r): _held(r) for r in resources if r["type"] == DISK},
            remembered={_name(r): int(r["inputs"]["size"]) for r in resources if r["type"] == MADE},
            seen={site: int(epoch) for site, epoch in (situation.get("seen") or {}).items()},
            waiting={key: str(why) for key, why in (situation.get("waiting") or {}).items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return StackFacts(
            site=site, readable=False, why=f"its exported state is not understood ({type(error).__name__})"
        )


def _resources(deployment: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All resources; what an interrupted run was about to do, and what it has yet to delete, counts as there."""
    yield from deployment.get("resources") or ()
    for operation in deployment.get("pending_operations") or ():
        yield operation["resource"]


def _held(resource: dict[str, Any]) -> HeldDisk:
    inputs = resource["inputs"]
    return HeldDisk(
        urn=str(resource["urn"]),
        datastore=str(inputs.get("datastore", "")),
        path=str(inputs.get("vmdkPath", "")),
        size=int(inputs["size"]),
        protected=bool(resource.get("protect")),
    )


def _name(resource: dict[str, Any]) -> str:
    return str(resource["urn"].rsplit("::", 1)[1])


def _applied(resource: dict[str, Any]) -> dict[str, Any]:
    return resource.get("inputs") or resource.get("outputs") or {}
