"""What Workplaces, Telephony and Applications have in common: machines, their disks, order and separation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_random as random
import pulumi_vsphere as vsphere

from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Machine, Region, Workload, dataset_datastore
from uitwijk.continuity.standing import Standing
from uitwijk.machines import cloud_init
from uitwijk.machines.jobs import Job
from uitwijk.resources.machine import MachineArgs, virtual_machine
from uitwijk.resources.settings import StackSettings
from uitwijk.resources.site import Site
from uitwijk.resources.situation import SituationRecord

_SECRET_LENGTH = 32
"""Characters of a password that nobody types: letters and digits, about 190 bits."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What all organisations at a site have in common."""

    region: Region
    placement: Placement
    settings: StackSettings
    site: Site
    record: SituationRecord
    """In the state before any machine changes."""
    waiting: Collection[str] = frozenset()
    """Names of machines that are not made yet, for others have to make room first."""
    running: dict[str, list[pulumi.Resource]] = field(default_factory=dict)
    """The machines to wait for, by key of the workloads made so far."""


class Part(pulumi.ComponentResource):
    """A part of an organisation's ICT. Made at both sites; its machines stand where the placement says.

    A hot workload's machines stand at every living site, a cold one's at one. The data disks of a cold workload belong
    to its home site in every situation, for the dataset outlives the machines.
    """

    def __init__(
        self,
        organisation: str,
        around: Surroundings,
        break_glass_hash: pulumi.Output[str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        kind = type(self).__name__
        super().__init__(f"uitwijk:index:{kind}", f"{organisation}-{kind.lower()}", {}, opts)
        self.around = around
        self.region = around.region
        self._break_glass_hash = break_glass_hash

    def job(self, here: Standing, secrets: Mapping[str, str]) -> Job:
        """What a machine does here, given what `secrets` names. Pure."""
        raise NotImplementedError

    def secrets(self, workload: Workload) -> Mapping[str, pulumi.Output[str]]:  # noqa: ARG002
        """The secrets that `job` needs. Made at both sites, so that a failover makes none."""
        return {}

    def made_up(self, name: str) -> pulumi.Output[str]:
        """A password that this site alone knows."""
        return random.RandomPassword(
            name, length=_SECRET_LENGTH, special=False, opts=pulumi.ResourceOptions(parent=self)
        ).result

    def add(self, workload: Workload) -> None:
        """Registers what stands here of one workload. What it depends on must have been added before."""
        secrets = self.secrets(workload)
        disks = self._disks(workload) if workload.home == self.around.site.slug else {}
        if workload.key not in self.around.placement.runs_at(self.around.site.slug):
            return
        made: dict[str, list[vsphere.VirtualMachine]] = {}
        for machine in workload.machines:
            if machine.name in self.around.waiting:
                continue
            before = [*disks.get(machine.name, ()), *self._started_before(workload, machine, made)]
            made.setdefault(machine.role, []).append(self._machine(machine, secrets, before))
        for role, machines in made.items():
            if len(machines) == 2:
                self._keep_apart(f"{workload.organisation}-{workload.service}-{role}", machines)
        ends = self.region.services[workload.service].last_roles
        self.around.running[workload.key] = [machine for role in made if role in ends for machine in made[role]]

    def _started_before(
        self, workload: Workload, machine: Machine, made: Mapping[str, Sequence[pulumi.Resource]]
    ) -> list[pulumi.Resource]:
        """Machines that must run first: of earlier roles, or else (those wait for them) of other workloads."""
        after = self.region.services[machine.service].roles[machine.role].after
        if after:
            return [earlier for role in sorted(after) for earlier in made.get(role, ())]
        return [earlier for key in workload.depends_on for earlier in self.around.running.get(key, ())]

    def _disks(self, workload: Workload) -> dict[str, list[pulumi.Resource]]:
        """The data disks by machine."""
        return {
            machine.name: [self._disk(workload.home, machine, disk, size) for disk, size in machine.disks.items()]
            for machine in workload.machines
        }

    def _disk(self, home: str, machine: Machine, disk: str, size: int) -> vsphere.VirtualDisk:
        return vsphere.VirtualDisk(
            f"{machine.name}-{disk}",
            datacenter=home,
            datastore=dataset_datastore(home),
            vmdk_path=machine.disk_path(disk),
            size=size,
            type="thin",
            create_directories=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                retain_on_delete=True,
                # The provider neither grows a disk in place nor reads its size back.
                ignore_changes=["size"],
            ),
        )

    def _machine(
        self, machine: Machine, secrets: Mapping[str, pulumi.Output[str]], before: Sequence[pulumi.Resource]
    ) -> vsphere.VirtualMachine:
        here = Standing(self.region, self.around.site.slug, machine)

        def user_data(known: Sequence[str]) -> str:
            break_glass_hash, dns_update_key, *own = known
            text = cloud_init.user_data(
                here,
                self.job(here, dict(zip(secrets, own, strict=True))),
                break_glass_hash=break_glass_hash,
                dns_update_key=dns_update_key,
            )
            return cloud_init.packed(text)

        known = pulumi.Output.all(self._break_glass_hash, self.around.settings.dns_update_key, *secrets.values())
        return virtual_machine(
            MachineArgs(
                here=here,
                site=self.around.site,
                user_data=known.apply(user_data),
                meta_data=cloud_init.meta_data(here),
                guest_network_wait_minutes=self.around.settings.guest_network_wait_minutes,
            ),
            parent=self,
            depends_on=self.around.record.before(before),
        )

    def _keep_apart(self, name: str, machines: Sequence[vsphere.VirtualMachine]) -> None:
        """Two machines of one job do not share a host."""
        vsphere.ComputeClusterVmAntiAffinityRule(
            name,
            name=name,
            compute_cluster_id=self.around.site.inventory.cluster,
            virtual_machine_ids=[machine.id for machine in machines],
            opts=pulumi.ResourceOptions(parent=self),
        )
