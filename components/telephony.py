"""Telephony: a municipality's exchange, or the border controllers that all exchanges share."""

from __future__ import annotations

import pulumi

from uitwijk.continuity.catalogue import Kind
from uitwijk.machines.jobs import CARRIER, is_exchange
from uitwijk.resources import Secrets, Workload, WorkloadArgs


class Telephony(Workload):
    """Call servers for a municipality's numbers; at a partnership, the controllers between them and the carrier.

    Hot: the same stands at both sites at all times, and serves. Telephones log in at both sites' call servers, and a
    number rings where its telephones have logged in, so neither a closed town hall nor a lost site changes a machine.
    """

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Telephony", Kind.TELEPHONY, name, args, opts)
        exchange = is_exchange(self.region, self.described)
        secrets = self._of_telephones() if exchange else {CARRIER: self.known_to_all_sites(CARRIER)}
        if args.active:
            for role in self.roles:
                self.start(role, secrets)
        self.register_outputs({})

    def _of_telephones(self) -> Secrets:
        """One a number block, of this site alone: the telephones' passwords there follow from it."""
        organisation = self.described.organisation
        blocks = self.region.municipalities[organisation].number_blocks
        return {block.key: self.made_here(f"{organisation}-telephones-{block.numbers.start}") for block in blocks}
