"""Telephony: a municipality's exchange, or the border controllers that all exchanges share."""

from __future__ import annotations

import pulumi

from uitwijk.continuity.recipe import Kind
from uitwijk.resources import Workload, WorkloadArgs


class Telephony(Workload):
    """Call servers for a municipality's numbers; at a partnership, the controllers between them and the carrier.

    Hot: the same stands at both sites at all times, and serves. Telephones log in at both sites' call servers, and a
    number rings where its telephones have logged in, so neither a closed town hall nor a lost site changes a machine.
    """

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Telephony", Kind.TELEPHONY, name, args, opts)
        if args.active:
            for role in self.roles:
                self.start(role)
        self.register_outputs({})
