"""Pulumi resources: a site, its machines and workloads, from the region's description."""

from __future__ import annotations

from uitwijk.resources.part import Surroundings
from uitwijk.resources.program import export_facts, only_previewed, refuse_if, told_plainly
from uitwijk.resources.settings import StackSettings, read_settings
from uitwijk.resources.site import Site
from uitwijk.resources.situation import SituationRecord

__all__ = [
    "Site",
    "SituationRecord",
    "StackSettings",
    "Surroundings",
    "export_facts",
    "only_previewed",
    "read_settings",
    "refuse_if",
    "told_plainly",
]
