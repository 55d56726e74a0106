"""What is done in a vCenter to put it in order. No data disk is ever deleted or formatted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyVmomi import vim, vmodl

from uitwijk.commands.recover.findings import Act, Finding
from uitwijk.continuity.errors import UitwijkError
from uitwijk.observe.login import Login
from uitwijk.observe.session import connected
from uitwijk.observe.tasks import wait_for


class Hands:
    """Acts in one vCenter, through an open session."""

    def __init__(self, content: Any) -> None:
        self._content = content

    def do(self, finding: Finding) -> None:
        """What the finding asks for; nothing, if that is not in the vCenter.

        Raises:
            UitwijkError: the vCenter refuses, or a data disk would go with a machine.
        """
        try:
            if finding.act is Act.REMOVE:
                self._remove(self._machine(finding.thing))
            elif finding.act is Act.RENAME:
                wait_for(self._machine(finding.thing).Rename_Task(finding.name))
            elif finding.act is Act.POWER_ON:
                wait_for(self._machine(finding.thing).PowerOnVM_Task())
            elif finding.act is Act.REMOVE_RULE:
                self._remove_rule(finding.thing)
        except vmodl.fault.ManagedObjectNotFound:
            return  # somebody was faster
        except vmodl.MethodFault as error:
            raise UitwijkError(f"{finding.name}: the vCenter refuses to {finding.act}: {_words(error)}") from error

    def _machine(self, id: str) -> Any:
        return vim.VirtualMachine(id, self._content.rootFolder._stub)

    def _remove(self, machine: Any) -> None:
        if machine.snapshot is not None:
            raise UitwijkError(
                f"{machine.name}: it has a snapshot, so that vSphere does not let go of its data disks. Remove the "
                "snapshot (never the machine with its disks), and run this again"
            )
        if machine.runtime.powerState != vim.VirtualMachine.PowerState.poweredOff:
            wait_for(machine.PowerOffVM_Task())
        foreign = list(_foreign_disks(machine))
        if foreign:
            remove = vim.vm.device.VirtualDeviceSpec.Operation.remove
            # Without a file operation: the disk leaves the machine, its file stays.
            changes = [vim.vm.device.VirtualDeviceSpec(operation=remove, device=disk) for disk in foreign]
            wait_for(machine.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=changes)))
        if left := list(_foreign_disks(machine)):
            raise UitwijkError(f"{machine.name}: {len(left)} data disks are attached still; it was left as it is")
        wait_for(machine.Destroy_Task())

    def _remove_rule(self, thing: str) -> None:
        id, _, key = thing.partition(":")
        cluster = vim.ClusterComputeResource(id, self._content.rootFolder._stub)
        gone = vim.cluster.RuleSpec(operation=vim.option.ArrayUpdateSpec.Operation.remove, removeKey=int(key))
        wait_for(cluster.ReconfigureComputeResource_Task(vim.cluster.ConfigSpecEx(rulesSpec=[gone]), True))


@contextmanager
def hands(login: Login) -> Iterator[Hands]:
    """A session in which things are put in order.

    Raises:
        VCenterError: the vCenter does not answer, or refuses the login.
    """
    with connected(login.server, login.user, login.password) as vcenter:
        yield Hands(vcenter.content)


def _foreign_disks(machine: Any) -> Iterator[Any]:
    """Its disks whose file does not lie in its own folder: data disks."""
    own = machine.config.files.vmPathName.rpartition("/")[0] + "/"
    for device in machine.config.hardware.device:
        if isinstance(device, vim.vm.device.VirtualDisk) and not _file(device).startswith(own):
            yield device


def _file(disk: Any) -> str:
    return str(disk.backing.fileName)


def _words(error: Any) -> str:
    return " ".join(str(getattr(error, "msg", "") or type(error).__name__).split())
