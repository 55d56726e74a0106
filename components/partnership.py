"""A partnership at one site."""

from __future__ import annotations

import pulumi

from components.applications import Applications
from components.telephony import Telephony
from components.workplaces import Workplaces
from uitwijk.resources import Organisation, OrganisationArgs


class Partnership(Organisation):
    """The shared services that a partnership runs for its members, and the ICT of its own staff.

    Names, time and directory, and the border controllers of the telephone carrier stand at both sites at all times;
    service bus and databases run at one, and go first in a failover, for the members depend on them.
    """

    builds = (Workplaces, Telephony, Applications)

    def __init__(self, name: str, args: OrganisationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Partnership", name, args, opts)
        self.register_outputs({"breakGlass": self.account.password})
