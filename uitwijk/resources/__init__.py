"""Pulumi resources: a site, its machines and workloads, from the region's description."""

from __future__ import annotations

from uitwijk.resources.account import BreakGlassAccount, break_glass_account
from uitwijk.resources.data_disk import DataDisk, leftover_disks
from uitwijk.resources.machine import MachineArgs, virtual_machine
from uitwijk.resources.organisation import Organisation, OrganisationArgs
from uitwijk.resources.program import export_facts, only_previewed, refuse_if, told_plainly
from uitwijk.resources.settings import StackSettings, read_settings
from uitwijk.resources.site import Site, SiteArgs
from uitwijk.resources.situation import SituationRecord
from uitwijk.resources.workload import Machines, Workload, WorkloadArgs

__all__ = [
    "BreakGlassAccount",
    "DataDisk",
    "MachineArgs",
    "Machines",
    "Organisation",
    "OrganisationArgs",
    "Site",
    "SiteArgs",
    "SituationRecord",
    "StackSettings",
    "Workload",
    "WorkloadArgs",
    "break_glass_account",
    "export_facts",
    "leftover_disks",
    "only_previewed",
    "read_settings",
    "refuse_if",
    "told_plainly",
    "virtual_machine",
]
