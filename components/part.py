"""The common part of Workplaces, Telephony and Applications: machines of workloads, their disks, order and separation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_vsphere as vsphere

from components import cloud_init
from components.machine import MachineArgs, virtual_machine
from components.names import last_roles, role_of
from components.settings import StackSettings
from components.site import Site, dataset_datastore
from components.situation import SituationRecord
from continuity.placement import Placement
from continuity.region import Machine, Region, Workload


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What all organisations at a site have in common."""

    region: Region
    placement: Placement
    site: Site
    record: SituationRecord
    """In the state before any machine."""
    settings: StackSettings
    running: dict[str, list[pulumi.Resource]] = field(default_factory=dict)
    """The machines to wait for, by key of the workloads made so far."""


class Part(pulumi.ComponentResource):
    """A part of an organisation's ICT. Made at both sites; its machines stand where the placement says.

    A hot workload's machines stand at every living site, a cold one's at one. The data disks of a cold workload belong to
    its home site in every situation, for the dataset outlives the machines.
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
        self._organisation = organisation
        self._around = around
        self._break_glass_hash = break_glass_hash

    def job(self, machine: Machine, secrets: Mapping[str, str]) -> cloud_init.Job:
        """What the machine does, given the part's own secrets. Pure."""
        raise NotImplementedError

    def secrets(self) -> Mapping[str, pulumi.Output[str]]:
        """The secrets that `job` needs, by a name of its choice."""
        return {}

    def add(self, workload: Workload) -> None:
        """Registers what stands here of one workload. What it depends on must have been added before."""
        around = self._around
        here = workload.key in around.placement.runs_at(around.site.slug)
        disks = self._disks(workload) if workload.home == around.site.slug else {}
        if not here:
            return
        made: dict[str, list[vsphere.VirtualMachine]] = {}
        for machine in workload.machines:
            first = self._started_before(workload, machine, made)
            own = [disks[name] for name in _disk_names(machine) if name in disks]
            made.setdefault(machine.role, []).append(self._machine(machine, [*own, *first]))
        for role, pair in made.items():
            if len(pair) == 2:
                self._keep_apart(f"{workload.organisation}-{workload.service}-{role}", pair)
        ends = last_roles(around.region, workload.service)
        around.running[workload.key] = [machine for role in made if role in ends for machine in made[role]]

    def _started_before(
        self, workload: Workload, machine: Machine, made: Mapping[str, Sequence[pulumi.Resource]]
    ) -> list[pulumi.Resource]:
        """Machines that must run first: of earlier roles, or else (they wait for these) of other workloads."""
        after = role_of(self._around.region, machine).after
        if after:
            return [earlier for role in sorted(after) for earlier in made[role]]
        return [earlier for key in workload.depends_on for earlier in self._around.running.get(key, ())]

    def _disks(self, workload: Workload) -> dict[str, pulumi.Resource]:
        return {
            name: vsphere.VirtualDisk(
                name,
                datacenter=self._around.site.slug,
                datastore=dataset_datastore(workload.home),
                vmdk_path=machine.disk_path(disk),
                size=size,
                type="thin",
                create_directories=True,
                opts=pulumi.ResourceOptions(
                    parent=self,
                    protect=True,
                    retain_on_delete=True,
                    # The provider cannot grow a disk in place, and does not read its size back.
                    ignore_changes=["size"],
                ),
            )
            for machine in workload.machines
            for name, (disk, size) in zip(_disk_names(machine), machine.disks.items(), strict=True)
        }

    def _machine(self, machine: Machine, first: Sequence[pulumi.Resource]) -> vsphere.VirtualMachine:
        around = self._around
        region, site = around.region, around.site.slug
        own = self.secrets()

        def user_data(known: dict[str, str]) -> str:
            shared = cloud_init.Secrets(break_glass_hash=known["break-glass"], dns_update_key=known["dns-update-key"])
            job = self.job(machine, {name: known[f"own:{name}"] for name in own})
            return cloud_init.user_data(region, site, machine, job, shared)

        known = pulumi.Output.all(
            **{
                "break-glass": self._break_glass_hash,
                "dns-update-key": around.settings.dns_update_key,
                **{f"own:{name}": secret for name, secret in own.items()},
            }
        )
        return virtual_machine(
            MachineArgs(
                region=region,
                site=around.site,
                machine=machine,
                user_data=pulumi.Output.secret(known.apply(user_data)),
                meta_data=cloud_init.meta_data(region, site, machine),
                guest_network_wait_minutes=around.settings.guest_network_wait_minutes,
            ),
            parent=self,
            depends_on=around.record.before(first),
        )

    def _keep_apart(self, name: str, pair: Sequence[vsphere.VirtualMachine]) -> None:
        vsphere.ComputeClusterVmAntiAffinityRule(
            name,
            name=name,
            compute_cluster_id=self._around.site.inventory.cluster,
            virtual_machine_ids=[machine.id for machine in pair],
            opts=pulumi.ResourceOptions(parent=self),
        )


def _disk_names(machine: Machine) -> list[str]:
    """Logical names of the machine's data disks, in the order of its disks."""
    return [f"{machine.name}-{disk}" for disk in machine.disks]
