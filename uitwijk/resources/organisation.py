"""An organisation at one site, as a component: the base of a region's municipalities and partnerships."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pulumi

from uitwijk.continuity.placement import Placement
from uitwijk.continuity.recipe import Kind
from uitwijk.machines.recipes import JOBS, MakeJob
from uitwijk.resources.account import BreakGlassAccount, break_glass_account
from uitwijk.resources.site import Site
from uitwijk.resources.situation import SituationRecord
from uitwijk.resources.workload import Workload, WorkloadArgs


class Builds(Protocol):
    """A region's component for workloads of a kind."""

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
    waiting: Collection[str] = frozenset()
    """Names of machines that are not made yet, for others have to make room first (`wait_for_room`)."""
    jobs: Mapping[str, MakeJob] = field(default_factory=lambda: JOBS)
    """What machines are told to do, by recipe. A region adds its own: `{**JOBS, "its-name": its_job}`."""


class Organisation(pulumi.ComponentResource):
    """A municipality or a partnership at one site: its break-glass account, and a component for each workload.

    Every workload's component exists at every site in every situation; the placement says whose machines do.
    """

    account: BreakGlassAccount
    ready: dict[str, Sequence[pulumi.Resource]]
    """What others wait for, by key of each workload of the organisation; nothing where it stands at another site."""

    def __init__(
        self,
        token: str,
        name: str,
        args: OrganisationArgs,
        components: Mapping[Kind, Builds],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        # With the record's URN as an input, the engine has put the record into the state before it hears of the
        # organisation; `depends_on` would wait for the children of a component, and the record has none.
        super().__init__(token, name, {"situation": args.record.urn}, args.site.with_providers(opts))
        child = pulumi.ResourceOptions(parent=self)
        region, running = args.site.region, args.placement.runs_at(args.site.slug)
        self.account = break_glass_account(name, args.site, child)
        self.ready = {}
        for key in region.by_urgency:
            described = region.workloads[key]
            if described.organisation != name:
                continue
            workload = components[region.services[described.service].kind](
                key,
                WorkloadArgs(
                    site=args.site,
                    active=key in running,
                    account=self.account,
                    needs={**args.needs, **self.ready},
                    waiting=args.waiting,
                    jobs=args.jobs,
                ),
                child,
            )
            self.ready[key] = workload.ready
