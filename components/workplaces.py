"""Workplaces: where staff work, wherever they sit."""

from __future__ import annotations

import pulumi

from uitwijk.continuity.recipe import Kind
from uitwijk.resources import Workload, WorkloadArgs


class Workplaces(Workload):
    """Session hosts, the brokers before them, and the profile storage behind them.

    Cold. At the site that runs them, profile storage starts first, then the brokers, then as many session hosts as the
    staff need and one to spare; people may sit down when the session hosts are there. At the other site nothing
    stands. People reach them from any building, so a closed town hall moves no machine.
    """

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Workplaces", Kind.WORKPLACES, name, args, opts)
        if args.active:
            for role in self.roles:
                self.start(role)
        self.register_outputs({})
