"""Telephony: a municipality's exchange, or the border controllers that all exchanges share."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from uitwijk.continuity.region import Workload
from uitwijk.continuity.standing import Standing
from uitwijk.machines.jobs import Job, is_exchange, telephony_job
from uitwijk.machines.jobs.telephony import CARRIER
from uitwijk.resources.part import Part


class Telephony(Part):
    """Call servers for the municipality's numbers; at a partnership, the controllers between them and the carrier.

    Hot: machines at both sites serve at all times. Telephones log in at both sites' call servers, and a number rings
    where its telephones have logged in, so neither a closed town hall nor a lost site changes a machine here.
    """

    def job(self, here: Standing, secrets: Mapping[str, str]) -> Job:
        """See `telephony_job`."""
        return telephony_job(here, secrets)

    def secrets(self, workload: Workload) -> Mapping[str, pulumi.Output[str]]:
        """For a call server one secret a number block, of this site alone: the telephones' passwords follow from it."""
        if not is_exchange(self.region, workload):
            return {CARRIER: self.around.settings.carrier_password}
        blocks = self.region.municipalities[workload.organisation].number_blocks
        return {
            block.key: self.made_up(f"{workload.organisation}-telephones-{block.numbers.start}") for block in blocks
        }
