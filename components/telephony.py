"""Telephony: a municipality's exchange, or the border controllers that all exchanges share."""

from __future__ import annotations

import pulumi

from uitwijk.continuity.recipe import Kind
from uitwijk.resources import Machines, Workload, WorkloadArgs


class Telephony(Workload):
    """Call servers for a municipality's numbers; at a partnership, the controllers between them and the carrier.

    Hot: the same stands at both sites at all times, and serves. Telephones log in at both sites' call servers, and a
    number rings where its telephones have logged in, so neither a closed town hall nor a lost site changes a machine.
    It waits for names and for the border controllers alone, and keeps no data. Each site has telephone accounts of its
    own, a secret a number block; the carrier's password is the same at both.
    """

    kind = Kind.TELEPHONY
    call_servers: Machines
    """Where telephones log in and ring."""
    border_controllers: Machines
    """Where the carrier's calls come in; a pair, on two hosts."""

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Telephony", name, args, opts)
        self.call_servers = self.machines("call-server")
        self.border_controllers = self.machines("border-controller")
        self.register_outputs({})
