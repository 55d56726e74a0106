"""The components of this region: what stands at a site, from the region's description."""

from __future__ import annotations

from components.applications import Applications
from components.municipality import Municipality
from components.partnership import Partnership
from components.recipes import JOBS
from components.telephony import Telephony
from components.workplaces import Workplaces

__all__ = ["JOBS", "Applications", "Municipality", "Partnership", "Telephony", "Workplaces"]
