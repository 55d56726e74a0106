"""An administrator at a simulated vCenter, who makes machines as the provider does: clones with data in guestinfo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyVmomi import vim

from tests.engine.waiting import wait_until
from uitwijk.machines.cloud_init import PACKED, packed
from uitwijk.observe.session import connected
from uitwijk.simulated.vcenter import USER, SimulatedVCenter

TEMPLATE = "debian-12"


class Administrator:
    """Changes what stands in one vCenter."""

    def __init__(self, content: Any) -> None:
        self._content = content

    @classmethod
    @contextmanager
    def of(cls, vcenter: SimulatedVCenter) -> Iterator[Administrator]:
        """Logged in as long as the context lasts."""
        address = vcenter.address
        with connected(address.server, USER, vcenter.password, cafile=Path(address.ca)) as session:
            yield cls(session.content)

    def create(self, name: str, user_data: str, meta_data: str, disk: str = "") -> None:
        """A machine that is powered on, with a card and with the data disk `[datastore] path`, if one is named."""
        template = self._machine(TEMPLATE)
        options = {
            "guestinfo.userdata": packed(user_data),
            "guestinfo.userdata.encoding": PACKED,
            "guestinfo.metadata": meta_data,
        }
        changes = [self._card(), *([self._attached(disk)] if disk else [])]
        specification = vim.vm.CloneSpec(
            location=vim.vm.RelocateSpec(pool=self._any(vim.ResourcePool)),
            config=vim.vm.ConfigSpec(
                extraConfig=[vim.option.OptionValue(key=key, value=value) for key, value in options.items()]
            ),
            powerOn=False,
        )
        _finish(template.CloneVM_Task(folder=template.parent, name=name, spec=specification))
        _finish(self._machine(name).ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=changes)))
        self.power_on(name)

    def power_on(self, name: str) -> None:
        """Powers on."""
        _finish(self._machine(name).PowerOnVM_Task())

    def power_off(self, name: str) -> None:
        """Powers off."""
        _finish(self._machine(name).PowerOffVM_Task())

    def destroy(self, name: str) -> None:
        """Powers off and removes for good."""
        self.power_off(name)
        _finish(self._machine(name).Destroy_Task())

    def _card(self) -> Any:
        network = self._any(vim.Network)
        backing = vim.vm.device.VirtualEthernetCard.NetworkBackingInfo(network=network, deviceName=network.name)
        card = vim.vm.device.VirtualVmxnet3(
            key=-2,
            backing=backing,
            connectable=vim.vm.device.VirtualDevice.ConnectInfo(
                startConnected=True, connected=True, allowGuestControl=True
            ),
        )
        return vim.vm.device.VirtualDeviceSpec(operation="add", device=card)

    def _attached(self, disk: str) -> Any:
        folder = disk.rpartition("/")[0]
        datacenter = self._any(vim.Datacenter)
        self._content.fileManager.MakeDirectory(folder, datacenter, True)
        controller = next(
            device
            for device in self._machine(TEMPLATE).config.hardware.device
            if isinstance(device, vim.vm.device.VirtualSCSIController)
        )
        return vim.vm.device.VirtualDeviceSpec(
            operation="add",
            fileOperation="create",
            device=vim.vm.device.VirtualDisk(
                key=-1,
                controllerKey=controller.key,
                unitNumber=1,
                capacityInKB=1024**2,
                backing=vim.vm.device.VirtualDisk.FlatVer2BackingInfo(fileName=disk, diskMode="persistent"),
            ),
        )

    def _machine(self, name: str) -> Any:
        return next(machine for machine in self._every(vim.VirtualMachine) if machine.name == name)

    def _any(self, kind: Any) -> Any:
        return self._every(kind)[0]

    def _every(self, kind: Any) -> list[Any]:
        view = self._content.viewManager.CreateContainerView(self._content.rootFolder, [kind], True)
        try:
            return list(view.view)
        finally:
            view.Destroy()


def _finish(task: Any) -> None:
    wait_until(lambda: task.info.state in ("success", "error"))
    if task.info.error is not None:
        raise task.info.error
