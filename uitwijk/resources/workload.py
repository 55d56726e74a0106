"""A workload at one site, as a component: the base of the components of every region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import pulumi
import pulumi_random as random
import pulumi_vsphere as vsphere

from uitwijk.continuity import Standing, secrets
from uitwijk.continuity import region as model
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.recipe import Kind
from uitwijk.continuity.waiting import NOTHING, Waiting
from uitwijk.machines import cloud_init
from uitwijk.machines.recipes import JOBS, MakeJob
from uitwijk.resources.account import BreakGlassAccount
from uitwijk.resources.data_disk import DataDisk, data_disk
from uitwijk.resources.machine import MachineArgs, virtual_machine
from uitwijk.resources.site import Site

_SECRET_LENGTH = 32
"""Characters of a password that nobody types: letters and digits, about 190 bits."""

Machines = Sequence[vsphere.VirtualMachine]
"""Machines that a stack has registered."""


@dataclass(frozen=True, kw_only=True)
class WorkloadArgs:
    """What a workload at a site is made from. Its machines, sizes, networks and order are the region's description."""

    site: Site
    """Where; it knows the region, too."""
    active: bool
    """Whether its machines stand at this site now: `workload in place(region, situation).runs_at(site)`."""
    account: BreakGlassAccount
    """By which people get into its machines when the directory does not answer."""
    needs: Mapping[str, Sequence[pulumi.Resource]] = field(default_factory=dict)
    """What to wait for, by the key of each workload that this one depends on: `ready` of its component, which is empty
    where its machines stand at another site. Every one must be there; more may be."""
    waiting: Waiting = NOTHING
    """What is left as it is in this run (`continuity.decide`)."""
    jobs: Mapping[str, MakeJob] = field(default_factory=lambda: JOBS)
    """What machines are told to do, by recipe. A region adds its own: `{**JOBS, "its-name": its_job}`."""


class Workload(pulumi.ComponentResource):
    """A service of one organisation at one site, from the region's description. It exists at every site at all times.

    Its data disks stand at its home site in every situation, for the data outlives the machines, and the secrets of
    the site are made whether they are used or not. Its machines stand where the workload is active, each role behind
    the roles that it waits for. So a failover makes machines and the rules that keep them apart, and nothing else.

    A region's own component says which kind it builds, hands its literal type token to this constructor, names those of
    its machines that others ask for, adds children of its own if it has any, and registers its outputs.

    Raises:
        UitwijkError: the region has no such workload, it is of another kind, a recipe has no job, or something that it
            needs was not given.
    """

    kind: ClassVar[Kind]
    """Of the services that a class builds."""
    described: model.Workload
    """The workload in the region's description."""
    ready: Machines
    """What others wait for: the machines of the roles that start last; none where they stand at another site."""

    def __init__(self, token: str, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self._region = args.site.region
        self.described = _described(self._region, self.kind, name)
        self._check(args)
        super().__init__(token, name, {}, args.site.with_providers(opts))
        self._args = args
        self._secrets = self._known()
        self._disks = self._data_disks() if self.described.home == args.site.slug else {}
        self._made: dict[str, Machines] = {}
        standing = args.waiting.stand(self.described, active=args.active)
        for role in dict.fromkeys(machine.role for machine in self.described.machines if standing):
            self._made[role] = self._start(role, [machine for machine in standing if machine.role == role])
        ends = self._region.services[self.described.service].last_roles
        self.ready = [machine for role, made in self._made.items() if role in ends for machine in made]

    def machines(self, *recipes: str) -> Machines:
        """Those of its machines that stand here and do the job of one of `recipes`, in the order of their start."""
        roles = self._region.services[self.described.service].roles
        return [each for role, made in self._made.items() if roles[role].recipe in recipes for each in made]

    def _check(self, args: WorkloadArgs) -> None:
        name = self.described.key
        if missing := [key for key in self.described.depends_on if key not in args.needs]:
            raise UitwijkError(
                f"{name} needs {', '.join(missing)}, which its component was not given. Pass in `WorkloadArgs.needs` "
                "what to wait for: `ready` of that workload's component, or () if this program does not make it"
            )
        recipes = {self._region.role(machine).recipe for machine in self.described.machines}
        if missing := sorted(recipes - set(args.jobs)):
            raise UitwijkError(
                f"{name} has no job for the recipe {', '.join(missing)}; pass its second half in `jobs`: "
                f'{{**JOBS, "{missing[0]}": …}}'
            )

    def _start(self, role: str, machines: Sequence[model.Machine]) -> Machines:
        """The machines of a role, behind those of earlier roles or of the workloads that this one needs."""
        before = self._before(role)
        made = [self._machine(machine, before) for machine in machines]
        if len(made) == 2:
            self._keep_apart(role, made)
        return made

    def _known(self) -> Mapping[str, pulumi.Output[str]]:
        """What its recipes ask for: passwords that this site alone knows, and what the stacks of all sites hold.

        Made whether active or not, so that a failover makes none.
        """
        opts = pulumi.ResourceOptions(parent=self)
        made = {
            key: random.RandomPassword(name, length=_SECRET_LENGTH, special=False, opts=opts).result
            for key, name in secrets.made_at_site(self._region, self.described).items()
        }
        return made | {name: self._shared(name) for name in secrets.shared(self._region, self.described)}

    def _shared(self, name: str) -> pulumi.Output[str]:
        return self._args.site.secret(name, self.described.key)

    def _before(self, role: str) -> list[pulumi.Resource]:
        """Machines that must run first: of earlier roles, or else (those wait for them) of other workloads."""
        after = self._region.services[self.described.service].roles[role].after
        if after:
            return [machine for earlier in sorted(after) for machine in self._made[earlier]]
        return [machine for key in self.described.depends_on for machine in self._args.needs[key]]

    def _data_disks(self) -> Mapping[str, list[vsphere.VirtualDisk]]:
        """The data disks by machine."""
        made: dict[str, list[vsphere.VirtualDisk]] = {machine.name: [] for machine in self.described.machines}
        waiting, opts = self._args.waiting, pulumi.ResourceOptions(parent=self)
        for machine in self.described.machines:
            for disk, size in machine.disks.items():
                name = f"{machine.name}-{disk}"
                before = []
                if name not in waiting.disks:
                    before = [data_disk(name, self.described.home, machine.disk_path(disk), size, opts)]
                    made[machine.name] += before
                if before or name in waiting.gone:
                    DataDisk(
                        name, machine.disk_path(disk), size, pulumi.ResourceOptions(parent=self, depends_on=before)
                    )
        return made

    def _machine(self, machine: model.Machine, before: Sequence[pulumi.Resource]) -> vsphere.VirtualMachine:
        args, here = self._args, Standing(self._region, self._args.site.slug, machine)
        make_job, told = args.jobs[here.role.recipe], secrets.told(here)

        def user_data(known: Sequence[str]) -> str:
            break_glass_hash, dns_update_key, *own = known
            job = make_job(here, dict(zip(told, own, strict=True)))
            text = cloud_init.user_data(here, job, break_glass_hash=break_glass_hash, dns_update_key=dns_update_key)
            return cloud_init.packed(text)

        returned = any(f"{machine.name}-{disk}" in args.waiting.returned for disk in machine.disks)
        known = pulumi.Output.all(
            args.account.password_hash,
            self._shared(secrets.DNS_UPDATE_KEY),
            *(self._secrets[name] for name in told),
        )
        return virtual_machine(
            MachineArgs(here=here, site=args.site, user_data=known.apply(user_data), returned=returned),
            pulumi.ResourceOptions(parent=self, depends_on=[*self._disks.get(machine.name, ()), *before]),
        )

    def _keep_apart(self, role: str, machines: Machines) -> None:
        """Two machines of one job do not share a host."""
        name = f"{self.described.organisation}-{self.described.service}-{role}"
        vsphere.ComputeClusterVmAntiAffinityRule(
            name,
            name=name,
            compute_cluster_id=self._args.site.identifiers.cluster,
            virtual_machine_ids=[machine.id for machine in machines],
            opts=pulumi.ResourceOptions(parent=self),
        )


def _described(region: model.Region, kind: Kind, name: str) -> model.Workload:
    """The region's description of the workload.

    Raises:
        UitwijkError: there is none, or it is of another kind.
    """
    described = region.workloads.get(name)
    if described is None:
        raise UitwijkError(
            f"{name} is no workload of {region.settings.name}; a workload's component is named ORGANISATION/SERVICE, "
            f"as in {next(iter(region.workloads))}"
        )
    actual = region.services[described.service].kind
    if actual is not kind:
        raise UitwijkError(f"{name} is of kind {actual}, and a component for {kind} was to build it")
    return described
