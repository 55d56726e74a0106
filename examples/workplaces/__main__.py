"""The workplaces of one municipality in a program of one's own; the directory that they need stands already."""

from __future__ import annotations

import pulumi

from components import Workplaces
from uitwijk.continuity import load_region
from uitwijk.resources import Site, SiteArgs, WorkloadArgs, break_glass_account

config = pulumi.Config("uitwijk")
vcenter = config.require_object("vcenter")
site = Site(
    "site",
    SiteArgs(
        region=load_region(config.require("catalogue")),
        slug=config.require("site"),
        server=vcenter["server"],
        user=vcenter["user"],
        password=config.require_secret("vcenterPassword"),
        secrets={"dns-update-key": config.require_secret("dnsUpdateKey")},
    ),
)
account = break_glass_account("harlingen", site)
workplaces = Workplaces(
    "harlingen/workplaces",
    WorkloadArgs(site=site, active=True, account=account, needs={"iszf/directory": ()}),
)
pulumi.export("brokers", [machine.name for machine in workplaces.brokers])
