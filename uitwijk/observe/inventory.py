"""Reads what stands in one vCenter through VMware's own client library, independent of what Pulumi believes."""

from __future__ import annotations

import base64
import binascii
import datetime
import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pyVmomi import vim, vmodl

from uitwijk.observe import mounts
from uitwijk.observe.session import connected
from uitwijk.observe.tags import TagCategory, Tags, read_tags

_GIB = 1024**3
_CONTENT = "content:"
"""Begins the line of a template's annotation that identifies its content: `content: debian-12-2026.10`."""


@dataclass(frozen=True)
class Hypervisor:
    """A hypervisor host."""

    name: str
    cores: int
    memory_gib: int
    cpu_model: str
    cpu_generation: str | None
    """VMware's name of the newest CPU generation that it offers (EVC mode), e.g. `intel-cascadelake`."""


@dataclass(frozen=True)
class Disk:
    """A virtual disk of a machine."""

    label: str
    """As vSphere names it, e.g. `Hard disk 1`."""
    datastore: str
    path: str
    """Inside the datastore."""
    size_gib: int


@dataclass(frozen=True)
class VirtualMachine:
    """A virtual machine, or a template."""

    name: str
    id: str
    """Managed object id, e.g. `vm-42`."""
    folder: str
    """Path below the datacenter's folder of machines, e.g. `uitwijk/elmford`; empty: directly there."""
    instance_uuid: str
    bios_uuid: str
    template: bool
    powered_on: bool
    host: str | None
    guest_id: str
    vcpus: int
    memory_gib: float
    disks: tuple[Disk, ...]
    networks: tuple[str, ...]
    """Of its network cards, in their order; an empty name: connected to nothing."""
    macs: tuple[str, ...]
    """Of its network cards, in their order."""
    addresses: tuple[str, ...]
    """IP addresses that the guest reports."""
    annotation: str
    user_data: str | None = field(repr=False)
    """What cloud-init gets through `guestinfo.userdata`, decoded. It holds secrets."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tag by category."""
    snapshot_since: datetime.datetime | None = None
    """When its oldest snapshot was made; None: it has none."""

    @property
    def content_id(self) -> str | None:
        """The identity of a template's content, from its annotation."""
        lines = (line.strip() for line in self.annotation.splitlines())
        return next((line.removeprefix(_CONTENT).strip() for line in lines if line.startswith(_CONTENT)), None)


@dataclass(frozen=True)
class Inventory:
    """What stands in one vCenter. Everything is sorted by name."""

    server: str
    version: str
    datacenters: tuple[str, ...]
    clusters: tuple[str, ...]
    hosts: tuple[Hypervisor, ...]
    datastores: Mapping[str, int]
    """Capacity in GiB by name."""
    networks: tuple[str, ...]
    folders: tuple[str, ...]
    """Paths of the folders of machines."""
    templates: tuple[VirtualMachine, ...]
    machines: tuple[VirtualMachine, ...]
    kept_apart: Mapping[str, tuple[str, ...]]
    """Names of the machines by enabled anti-affinity rule."""
    folder_ids: Mapping[str, str] = field(default_factory=dict)
    """Managed object id of each folder of machines, by its path."""
    unwritable: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What is wrong with each datastore on a host that is in use: `read-only`, `not mounted`; nothing, if it is not."""
    datacenter_ids: Mapping[str, str] = field(default_factory=dict)
    """Managed object id of each datacenter, by its name."""
    tag_categories: Mapping[str, TagCategory] = field(default_factory=dict)
    """By name."""
    rule_ids: Mapping[str, str] = field(default_factory=dict)
    """Cluster and key of each anti-affinity rule, as in `domain-c9:3`, by its name."""

    @cached_property
    def by_name(self) -> Mapping[str, VirtualMachine]:
        """The machines by name; of several with one name, the powered-on one."""
        return {machine.name: machine for machine in sorted(self.machines, key=lambda machine: machine.powered_on)}


_PATHS: dict[Any, list[str]] = {
    vim.Datacenter: ["name", "vmFolder"],
    vim.Folder: ["name", "parent"],
    vim.ClusterComputeResource: ["name", "configurationEx"],
    vim.HostSystem: [*mounts.HOST, "summary.hardware", "summary.maxEVCModeKey"],
    vim.Datastore: [*mounts.DATASTORE, "summary.capacity"],
    vim.Network: ["name"],
    vim.VirtualMachine: [
        "name",
        "parent",
        "config.instanceUuid",
        "config.uuid",
        "config.template",
        "config.guestId",
        "config.annotation",
        "config.extraConfig",
        "config.hardware.numCPU",
        "config.hardware.memoryMB",
        "config.hardware.device",
        "guest.net",
        "runtime.powerState",
        "runtime.host",
        "snapshot",
    ],
}
"""By explicit path: pyVmomi fails on a whole `summary` that holds types it does not know."""


def read_inventory(
    server: str, user: str, password: str, *, cafile: str | Path | None = None, timeout: float = 30
) -> Inventory:
    """Everything in the vCenter `server` (host or host:port), read in a few requests.

    Args:
        server: host name or address, with the port if it is not 443.
        user: who may read the whole inventory and its tags.
        password: of that user.
        cafile: certificate authorities to trust (PEM); None: the system's, or what SSL_CERT_FILE names.
        timeout: seconds that a single request may take.

    Raises:
        VCenterError: the vCenter does not answer, refuses the login, or shows a certificate that is not trusted.
    """
    with connected(server, user, password, cafile=cafile, timeout=timeout) as vcenter:
        objects = _retrieve(vcenter.content)
        tags = read_tags(vcenter.host, vcenter.port, user, password, vcenter.context, timeout=timeout)
        return _Reading(objects, tags).inventory(server, vcenter.content.about.version)


def _retrieve(content: Any) -> dict[Any, dict[str, Any]]:
    """The properties of `_PATHS` by managed object."""
    collector = vmodl.query.PropertyCollector
    view = content.viewManager.CreateContainerView(content.rootFolder, list(_PATHS), True)
    try:
        every = collector.TraversalSpec(name="view", path="view", type=vim.view.ContainerView, skip=False)
        specification = collector.FilterSpec(
            objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[every])],
            propSet=[collector.PropertySpec(type=kind, pathSet=paths) for kind, paths in _PATHS.items()],
        )
        found = content.propertyCollector.RetrieveContents([specification])
    finally:
        view.Destroy()
    return {thing.obj: {prop.name: prop.val for prop in thing.propSet} for thing in found}


class _Reading:
    """Turns the properties of managed objects into an inventory."""

    def __init__(self, objects: Mapping[Any, Mapping[str, Any]], tags: Tags) -> None:
        self._objects = objects
        self._tags = tags
        self._names = {thing._GetMoId(): properties["name"] for thing, properties in objects.items()}
        self._machine_folders = {properties["vmFolder"] for _, properties in self._of(vim.Datacenter)}

    def _of(self, kind: Any) -> list[tuple[Any, Mapping[str, Any]]]:
        found = [(thing, properties) for thing, properties in self._objects.items() if isinstance(thing, kind)]
        return sorted(found, key=lambda item: str(item[1]["name"]))

    def inventory(self, server: str, version: str) -> Inventory:
        machines = [
            self._machine(thing, properties)
            for thing, properties in self._of(vim.VirtualMachine)
            if "config.uuid" in properties
        ]
        return Inventory(
            server=server,
            version=version,
            datacenters=tuple(properties["name"] for _, properties in self._of(vim.Datacenter)),
            clusters=tuple(properties["name"] for _, properties in self._of(vim.ClusterComputeResource)),
            hosts=tuple(_host(properties) for _, properties in self._of(vim.HostSystem)),
            datastores={p["name"]: int(p["summary.capacity"] / _GIB) for _, p in self._of(vim.Datastore)},
            networks=tuple(properties["name"] for _, properties in self._of(vim.Network)),
            folders=tuple(sorted(path for thing, _ in self._of(vim.Folder) if (path := self._folder(thing)))),
            templates=tuple(machine for machine in machines if machine.template),
            machines=tuple(machine for machine in machines if not machine.template),
            kept_apart={
                str(rule.name): tuple(sorted(self._names.get(member._GetMoId(), "") for member in rule.vm))
                for _, properties in self._of(vim.ClusterComputeResource)
                for rule in properties["configurationEx"].rule
                if rule.enabled and isinstance(rule, vim.cluster.AntiAffinityRuleSpec)
            },
            folder_ids={path: thing._GetMoId() for thing, _ in self._of(vim.Folder) if (path := self._folder(thing))},
            unwritable=mounts.unwritable(self._of(vim.HostSystem), self._of(vim.Datastore)),
            datacenter_ids={properties["name"]: thing._GetMoId() for thing, properties in self._of(vim.Datacenter)},
            tag_categories=self._tags.categories,
            rule_ids={
                str(rule.name): f"{thing._GetMoId()}:{rule.key}"
                for thing, properties in self._of(vim.ClusterComputeResource)
                for rule in properties["configurationEx"].rule
                if isinstance(rule, vim.cluster.AntiAffinityRuleSpec)
            },
        )

    def _folder(self, folder: Any) -> str | None:
        """Its path below the datacenter's folder of machines, or None when it lies elsewhere."""
        parts: list[str] = []
        while folder in self._objects and folder not in self._machine_folders:
            parts.insert(0, self._objects[folder]["name"])
            folder = self._objects[folder].get("parent")
        return "/".join(parts) if folder in self._machine_folders else None

    def _machine(self, thing: Any, properties: Mapping[str, Any]) -> VirtualMachine:
        devices = properties["config.hardware.device"]
        cards = [device for device in devices if isinstance(device, vim.vm.device.VirtualEthernetCard)]
        disks = [device for device in devices if isinstance(device, vim.vm.device.VirtualDisk)]
        host = properties.get("runtime.host")
        identity = thing._GetMoId()
        return VirtualMachine(
            name=properties["name"],
            id=identity,
            folder=self._folder(properties.get("parent")) or "",
            instance_uuid=properties["config.instanceUuid"],
            bios_uuid=properties["config.uuid"],
            template=properties["config.template"],
            powered_on=properties["runtime.powerState"] == vim.VirtualMachine.PowerState.poweredOn,
            host=self._names.get(host._GetMoId()) if host else None,
            guest_id=properties["config.guestId"],
            vcpus=properties["config.hardware.numCPU"],
            memory_gib=properties["config.hardware.memoryMB"] / 1024,
            disks=tuple(_disk(disk) for disk in disks),
            networks=tuple(self._network(card) for card in cards),
            macs=tuple(card.macAddress or "" for card in cards),
            addresses=tuple(
                sorted(address for card in properties.get("guest.net") or () for address in card.ipAddress)
            ),
            annotation=properties.get("config.annotation") or "",
            user_data=guest_info(
                {option.key: option.value for option in properties["config.extraConfig"]}, "guestinfo.userdata"
            ),
            tags=self._tags.borne.get(identity, {}),
            snapshot_since=_oldest(properties.get("snapshot")),
        )

    def _network(self, card: Any) -> str:
        backing = card.backing
        if isinstance(backing, vim.vm.device.VirtualEthernetCard.DistributedVirtualPortBackingInfo):
            # A port group's key is its managed object id on every vCenter.
            return str(self._names.get(backing.port.portgroupKey, ""))
        network = getattr(backing, "network", None)
        return str(self._names.get(network._GetMoId(), "")) if network else str(getattr(backing, "deviceName", ""))


def _oldest(snapshots: Any) -> datetime.datetime | None:
    """When the oldest snapshot of a machine was made: the root of the tree."""
    return min((each.createTime for each in snapshots.rootSnapshotList), default=None) if snapshots else None


def _host(properties: Mapping[str, Any]) -> Hypervisor:
    hardware = properties["summary.hardware"]
    return Hypervisor(
        name=properties["name"],
        cores=hardware.numCpuCores,
        # The hypervisor keeps a little for itself; what was bought is the next whole GiB.
        memory_gib=-(-hardware.memorySize // _GIB),
        cpu_model=hardware.cpuModel,
        cpu_generation=properties.get("summary.maxEVCModeKey"),
    )


def _disk(disk: Any) -> Disk:
    datastore, _, path = disk.backing.fileName.removeprefix("[").partition("] ")
    return Disk(disk.deviceInfo.label, datastore, path, disk.capacityInKB // 1024**2)


def guest_info(options: Mapping[str, Any], key: str) -> str | None:
    """What a machine's guest is told through `guestinfo`, decoded; None: nothing.

    Args:
        options: the machine's extra configuration.
        key: e.g. `guestinfo.userdata`; beside it may stand `guestinfo.userdata.encoding`.
    """
    text = options.get(key)
    if text is None:
        return None
    encoding = options.get(f"{key}.encoding", "")
    if not encoding:
        return str(text)
    try:
        raw = base64.b64decode(text, validate=True)
        return (gzip.decompress(raw) if encoding.startswith("gz") else raw).decode()
    except (binascii.Error, OSError, UnicodeDecodeError):
        return str(text)
