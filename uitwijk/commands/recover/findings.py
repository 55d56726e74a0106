"""What a run that broke off has left: state and vCenter side by side. Pure; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from uitwijk.commands.deployment import Deployment, name_of
from uitwijk.commands.recover.shared import shared_resources
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Machine, Region, dataset_datastore
from uitwijk.continuity.situation import Situation
from uitwijk.observe.inventory import Inventory, VirtualMachine
from uitwijk.observe.stacks import DISK, MACHINE, MADE

RULE = "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule"
_VCENTER = "pulumi:providers:vsphere"
_SITE = "uitwijk:index:Site"


class Act(StrEnum):
    """What is done about a finding."""

    REMOVE = "remove from the inventory, with its system disk alone"
    FORGET = "forget in the state"
    RENAME = "rename back"
    POWER_ON = "switch on"
    SETTLE = "end the operation in the state"
    TAKE_IN = "take into the state"
    REMOVE_RULE = "remove from the cluster"
    NONE = "nothing; a person has to"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be, and what is done about it."""

    name: str
    """Logical name of a machine, data disk, folder, rule …"""
    why: str
    act: Act
    thing: str = ""
    """Managed object id in the vCenter, of what is removed, renamed or switched on; of a rule `cluster:key`."""
    urn: str = ""
    """In the state, of what is forgotten or whose operation ends."""
    resource: Mapping[str, Any] | None = None
    """What is taken into the state."""

    def to_dict(self) -> dict[str, str]:
        """For other programs."""
        return {"name": self.name, "why": self.why, "act": self.act.value}


@dataclass(frozen=True)
class Scene:
    """Everything that is looked at."""

    region: Region
    situation: Situation
    placement: Placement
    site: str
    deployment: Deployment
    inventory: Inventory
    disks: Collection[str]
    """Paths of the data disks whose file lies on the site's own dataset."""


def findings(scene: Scene) -> tuple[Finding, ...]:
    """What is not in order, in the order in which it is put in order: the vCenter first, then the state."""
    order = list(Act)
    return tuple(sorted(_Look(scene).everything(), key=lambda finding: order.index(finding.act)))


class _Look:
    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._held = scene.deployment.of(MACHINE)
        self._pending = {
            str(operation["resource"]["urn"]): str(operation.get("type", "")) for operation in scene.deployment.pending
        }
        self._by_id = {machine.bios_uuid: machine for machine in scene.inventory.machines}

    def everything(self) -> Iterator[Finding]:
        for name, resource in sorted(self._held.items()):
            yield from self._known(name, resource)
        yield from self._strays()
        yield from self._rules()
        yield from self._shared()
        yield from self._settled()
        yield from self._disks()

    def _known(self, name: str, resource: Mapping[str, Any]) -> Iterator[Finding]:
        """A machine that the state holds."""
        urn, standing = str(resource["urn"]), self._by_id.get(str(resource.get("id", "")))
        if standing is None:
            yield Finding(name, "the state holds it, and it stands in the vCenter no more", Act.FORGET, urn=urn)
            return
        broken = "its making failed" if resource.get("initErrors") else ""
        if urn in self._pending:
            broken = f"a run broke off while {self._pending[urn]} it"
        lacking = _lacking(resource, standing) or (broken and self._untold(name, standing))
        if lacking or (broken and not standing.powered_on):
            why = ", and ".join(filter(None, (broken, lacking or "it is off")))
            yield Finding(name, why, Act.REMOVE, thing=standing.id, urn=urn)
        elif standing.name != name:
            yield Finding(name, f"it is called {standing.name} in the vCenter", Act.RENAME, thing=standing.id)
        elif not standing.powered_on and self._belongs_here(name):
            yield Finding(name, "it is off", Act.POWER_ON, thing=standing.id)

    def _untold(self, name: str, standing: VirtualMachine) -> str:
        """What a machine whose making or changing broke off lacks of what it is told and bears; empty: nothing."""
        machine = self._scene.region.machines.get(name)
        if machine is None:
            return ""
        recovery_class = self._scene.region.workloads[machine.workload].recovery_class.value
        wanted = {"municipality": machine.organisation, "service": machine.service, "class": recovery_class}
        tags = [f"{category} {tag}" for category, tag in wanted.items() if standing.tags.get(category) != tag]
        if tags:
            return f"it does not bear the tag {', '.join(tags)}"
        return "" if standing.user_data else "nothing was told to it"

    def _belongs_here(self, name: str) -> bool:
        """Whether it may be switched on: placed here, and its data writable here."""
        machine, scene = self._scene.region.machines.get(name), self._scene
        if machine is None or machine.workload not in scene.placement.runs_at(scene.site):
            return False
        workload = scene.region.workloads[machine.workload]
        return workload.hot or scene.situation.data[workload.home] == scene.site

    def _strays(self) -> Iterator[Finding]:
        """Machines that bear the name of one of ours, and that the state does not hold."""
        ids = {str(resource.get("id", "")) for resource in self._held.values()}
        for standing in self._scene.inventory.machines:
            if standing.name in self._scene.region.machines and standing.bios_uuid not in ids:
                half = "half made" if not standing.powered_on else "made"
                why = f"it was {half} by a run that broke off: the state does not hold it"
                yield Finding(standing.name, why, Act.REMOVE, thing=standing.id)

    def _shared(self) -> Iterator[Finding]:
        """Folders and tags that stand in the vCenter, and that the state does not hold: no run can make them."""
        site = next((each for each in self._scene.deployment.resources if each["type"] == _SITE), None)
        provider = self._provider()
        if site is None or provider is None:
            return
        for each in shared_resources(self._scene.region, self._scene.site, self._scene.inventory):
            if each.name in self._scene.deployment.of(each.kind):
                continue
            if each.unfit:
                yield Finding(each.name, each.unfit, Act.NONE)
            else:
                why = f"the {each.noun} stands in the vCenter, and the state does not hold it"
                yield Finding(each.name, why, Act.TAKE_IN, resource=each.in_state(site, provider))

    def _provider(self) -> Mapping[str, Any] | None:
        return next((each for each in self._scene.deployment.resources if each["type"] == _VCENTER), None)

    def _rules(self) -> Iterator[Finding]:
        """Rules for pairs that only one of state and cluster holds."""
        rules = self._scene.deployment.of(RULE)
        for name, resource in sorted(rules.items()):
            if str(resource["inputs"].get("name")) not in self._scene.inventory.rule_ids:
                why = "the state holds this rule for a pair, and the cluster does not"
                yield Finding(name, why, Act.FORGET, urn=str(resource["urn"]))
        held = {str(resource["inputs"].get("name")) for resource in rules.values()}
        ours = {
            f"{machine.organisation}-{machine.service}-{machine.role}"
            for machine in self._scene.region.machines.values()
        }
        for name, rule in sorted(self._scene.inventory.rule_ids.items()):
            if name in ours - held:
                yield Finding(name, "the state does not hold this rule for a pair", Act.REMOVE_RULE, thing=rule)

    def _settled(self) -> Iterator[Finding]:
        """Every operation is over, for whoever ran it is dead, and what it did is known by now."""
        for operation in self._scene.deployment.pending:
            resource = operation["resource"]
            why = f"a run broke off while {operation.get('type', 'changing')} it"
            yield Finding(name_of(resource), why, Act.SETTLE, urn=str(resource["urn"]))

    def _disks(self) -> Iterator[Finding]:
        """Data disks whose file is there and not in the state, or in the state and not there."""
        deployment, site = self._scene.deployment, self._scene.site
        held, made = deployment.of(DISK), deployment.of(MADE)
        provider = self._provider()
        writable = self._scene.situation.data[site] == site
        for machine in self._scene.region.machines.values():
            if self._scene.region.workloads[machine.workload].home != site:
                continue
            for disk, size in machine.disks.items():
                name, path = f"{machine.name}-{disk}", machine.disk_path(disk)
                there = path in self._scene.disks
                parent = self._parent(machine)
                if not there and writable and (name in held or name in made):
                    where = dataset_datastore(site)
                    why = f"its file {path} is not on {where}: put it back (from the replica or a backup)"
                    yield Finding(name, why, Act.NONE)
                elif there and name not in held and provider is not None and parent is not None:
                    taken = _data_disk(site, name, path, _size(made.get(name), size), parent, provider)
                    yield Finding(
                        name, "its file is there, and the state does not hold it", Act.TAKE_IN, resource=taken
                    )

    def _parent(self, machine: Machine) -> Mapping[str, Any] | None:
        """The component of the machine's workload, if the state has it."""
        ours = (each for each in self._scene.deployment.resources if not each.get("custom"))
        return next((each for each in ours if name_of(each) == machine.workload), None)


def _lacking(resource: Mapping[str, Any], standing: VirtualMachine) -> str:
    """What a machine lacks of the data disks that it was made with; empty: nothing."""
    attached = {disk.path for disk in standing.disks}
    stated = [disk for disk in resource["inputs"].get("disks") or () if disk.get("attach")]
    missing = [str(disk["path"]) for disk in stated if disk["path"] not in attached]
    return f"its data disk {', '.join(missing)} is not attached" if missing else ""


def _size(made: Mapping[str, Any] | None, stated: int) -> int:
    """In GiB: as it was made, else as the catalogue states it."""
    return int(made["inputs"]["size"]) if made else stated


def _data_disk(
    site: str, name: str, path: str, size: int, parent: Mapping[str, Any], provider: Mapping[str, Any]
) -> dict[str, Any]:
    """A data disk as the state would have it, had the program made it (`resources/workload.py`)."""
    inputs = {
        "createDirectories": True,
        "datacenter": site,
        "datastore": dataset_datastore(site),
        "size": size,
        "type": "thin",
        "vmdkPath": path,
    }
    stack, project, kinds, _ = str(parent["urn"]).removeprefix("urn:pulumi:").split("::", 3)
    return {
        "urn": f"urn:pulumi:{stack}::{project}::{kinds}${DISK}::{name}",
        "custom": True,
        "id": path,
        "type": DISK,
        "inputs": {"__defaults": [], **inputs},
        "outputs": {"adapterType": "lsiLogic", **inputs, "id": path},
        "parent": parent["urn"],
        "protect": True,
        "provider": f"{provider['urn']}::{provider['id']}",
        "propertyDependencies": {key: [] for key in inputs},
        "retainOnDelete": True,
        "ignoreChanges": ["size"],
    }


def put_in_order(deployment: Deployment, found: Collection[Finding]) -> None:
    """Changes the state as the findings say, once the vCenter was put in order."""
    deployment.forget({each.urn for each in found if each.act in (Act.FORGET, Act.REMOVE) and each.urn})
    settled = {each.urn for each in found if each.act is Act.SETTLE}
    deployment.settle(lambda operation: str(operation["resource"]["urn"]) in settled)
    held = {resource["urn"] for resource in deployment.resources}
    for each in found:
        if each.act is Act.TAKE_IN and each.resource is not None and each.resource["urn"] not in held:
            deployment.take_in(each.resource)
