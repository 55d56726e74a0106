"""The components of this region: what stands at a site, from the region's description."""

from __future__ import annotations

from components.municipality import Municipality
from components.partnership import Partnership

__all__ = ["Municipality", "Partnership"]
