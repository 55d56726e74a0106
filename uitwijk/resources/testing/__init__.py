"""Tests a region's program without engine or vCenter: see `uitwijk.resources.testing.program`."""

from __future__ import annotations

from uitwijk.resources.testing.program import SECRETS, harmless, record, record_site

__all__ = ["SECRETS", "harmless", "record", "record_site"]
