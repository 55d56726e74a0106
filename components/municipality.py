"""A municipality at one site."""

from __future__ import annotations

import pulumi

from components.applications import Applications
from components.telephony import Telephony
from components.workplaces import Workplaces
from uitwijk.continuity.recipe import Kind
from uitwijk.resources import Organisation, OrganisationArgs


class Municipality(Organisation):
    """A municipality's workplaces, telephony and applications.

    At its home site on a normal day all of it runs. At the other site only what is hot does, its telephony before all;
    the rest is absent until a failover, which creates it from the same description.
    """

    def __init__(self, name: str, args: OrganisationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        components = {
            Kind.WORKPLACES: Workplaces,
            Kind.TELEPHONY: Telephony,
            Kind.APPLICATION: Applications,
        }
        super().__init__("uitwijk:index:Municipality", name, args, components, opts)
        self.register_outputs({"breakGlass": self.account.password})
