"""An organisation at one site, as a component: the base of a region's municipalities and partnerships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, TypeVar

import pulumi

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.recipe import Kind
from uitwijk.continuity.waiting import NOTHING, Waiting
from uitwijk.machines.recipes import JOBS, MakeJob
from uitwijk.resources.account import BreakGlassAccount, break_glass_account
from uitwijk.resources.site import Site
from uitwijk.resources.situation import SituationRecord
from uitwijk.resources.workload import Workload, WorkloadArgs

Component = TypeVar("Component", bound=Workload)


class Builds(Protocol):
    """A region's component for workloads of a kind."""

    @property
    def kind(self) -> Kind:
        """Of the services that it builds."""

    def __call__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None, /) -> Workload:
        """Makes the workload with this key."""


@dataclass(frozen=True, kw_only=True)
class OrganisationArgs:
    """What an organisation at a site is made from."""

    site: Site
    """Where; it knows the region, too."""
    placement: Placement
    """Which workloads run here in the situation."""
    record: SituationRecord
    """In the state before anything of the organisation changes."""
    needs: Mapping[str, Sequence[pulumi.Resource]] = field(default_factory=dict)
    """What to wait for, by key of the workloads of others that its own depend on: `ready` of its partnership."""
    waiting: Waiting = NOTHING
    """What is left as it is in this run (`continuity.decide`)."""
    jobs: Mapping[str, MakeJob] = field(default_factory=lambda: JOBS)
    """What machines are told to do, by recipe. A region adds its own: `{**JOBS, "its-name": its_job}`."""


class Organisation(pulumi.ComponentResource):
    """A municipality or a partnership at one site: its break-glass account, and a component for each workload.

    Every workload's component exists at every site in every situation; the placement says whose machines do.

    Raises:
        UitwijkError: a workload has no component, or what it needs was not given.
    """

    builds: ClassVar[Sequence[Builds]]
    """The region's components, one a kind of service."""
    account: BreakGlassAccount
    workloads: Mapping[str, Workload]
    """By key, the most urgent first."""

    def __init__(
        self, token: str, name: str, args: OrganisationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        # With the record's URN as an input, the engine has put the record into the state before it hears of the
        # organisation; `depends_on` would wait for the children of a component, and the record has none.
        super().__init__(token, name, {"situation": args.record.urn}, args.site.with_providers(opts))
        self.account = break_glass_account(name, args.site, pulumi.ResourceOptions(parent=self))
        self.workloads = {}
        workloads = args.site.region.workloads
        for key in args.site.region.by_urgency:
            if workloads[key].organisation == name:
                self.workloads[key] = self._workload(key, args)

    def of(self, component: type[Component]) -> Sequence[Component]:
        """Its workloads that a component of the region builds, the most urgent first; none if it runs none."""
        return [workload for workload in self.workloads.values() if isinstance(workload, component)]

    def _workload(self, key: str, args: OrganisationArgs) -> Workload:
        kind = args.site.region.services[args.site.region.workloads[key].service].kind
        component = next((each for each in self.builds if each.kind is kind), None)
        if component is None:
            raise UitwijkError(f"{key} is of kind {kind}, for which {type(self).__name__} has no component in `builds`")
        return component(
            key,
            WorkloadArgs(
                site=args.site,
                active=key in args.placement.runs_at(args.site.slug),
                account=self.account,
                needs={**args.needs, **{own: made.ready for own, made in self.workloads.items()}},
                waiting=args.waiting,
                jobs=args.jobs,
            ),
            pulumi.ResourceOptions(parent=self),
        )
