"""A partnership at one site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.applications import Applications
from components.telephony import Telephony
from components.workplaces import Workplaces
from uitwijk.resources import Machines, Organisation, OrganisationArgs


class Partnership(Organisation):
    """The shared services that a partnership runs for its members, and the ICT of its own staff.

    Names, time and directory, and the border controllers of the telephone carrier stand at both sites at all times.
    Service bus and databases run at one, and go first in a failover, for the members depend on them: the program makes
    partnerships before municipalities, and hands these what is `ready`.
    """

    builds = (Workplaces, Telephony, Applications)
    name_servers: Machines
    """Tell everybody's machines names, time and who is who."""
    border_controllers: Machines
    """Between every member's exchange and the carrier."""
    ready: Mapping[str, Sequence[pulumi.Resource]]
    """What members wait for, by key of each workload; nothing where its machines stand at another site."""

    def __init__(self, name: str, args: OrganisationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Partnership", name, args, opts)
        self.name_servers = [server for each in self.of(Applications) for server in each.name_servers]
        self.border_controllers = [controller for each in self.of(Telephony) for controller in each.border_controllers]
        self.ready = {key: workload.ready for key, workload in self.workloads.items()}
        self.register_outputs({"breakGlass": self.account.password})
