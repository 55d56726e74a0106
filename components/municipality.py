"""A municipality at one site."""

from __future__ import annotations

import pulumi

from components.applications import Applications
from components.telephony import Telephony
from components.workplaces import Workplaces
from uitwijk.resources import Organisation, OrganisationArgs


class Municipality(Organisation):
    """A municipality's workplaces, telephony and applications.

    At its home site on a normal day all of it runs. At the other site only what is hot does, its telephony before all;
    the rest is absent until a failover, which creates it from the same description.
    """

    builds = (Workplaces, Telephony, Applications)

    def __init__(self, name: str, args: OrganisationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Municipality", name, args, opts)
        self.register_outputs({"breakGlass": self.account.password})
