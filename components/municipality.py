"""A municipality at one site."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.applications import Applications
from components.telephony import Telephony
from components.workplaces import Workplaces
from uitwijk.resources import Organisation, OrganisationArgs


class Municipality(Organisation):
    """What a municipality's staff and citizens use: telephones, workplaces, and the applications behind the counters.

    Its telephone exchange stands at both sites and rings wherever staff sit. Workplaces and applications run at its
    home site on a normal day; at the other site they are absent until a failover, which creates them from the same
    description: what is urgent first, behind the names and databases of its partnership. Nobody waits for a
    municipality.
    """

    builds = (Workplaces, Telephony, Applications)
    exchanges: Sequence[Telephony]
    """Where its numbers ring, at this site as at every other."""
    workplaces: Sequence[Workplaces]
    """Where its staff work; without machines where they work from another site."""
    applications: Sequence[Applications]
    """What they work with, each behind its own database or the partnership's."""

    def __init__(self, name: str, args: OrganisationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Municipality", name, args, opts)
        self.exchanges = self.of(Telephony)
        self.workplaces = self.of(Workplaces)
        self.applications = self.of(Applications)
        self.register_outputs({"breakGlass": self.account.password})
