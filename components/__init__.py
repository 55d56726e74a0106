"""Pulumi components: what stands at a site, from the region's description."""

from __future__ import annotations

from components.municipality import Municipality
from components.part import Surroundings
from components.partnership import Partnership
from components.program import export_facts, only_previewed, refuse_if, told_plainly
from components.settings import StackSettings, read_settings
from components.site import Site
from components.situation import SituationRecord

__all__ = [
    "Municipality",
    "Partnership",
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
