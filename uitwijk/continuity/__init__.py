"""The model of continuity: catalogue → situation → placement → guard. Pure Python; it knows no Pulumi."""

from __future__ import annotations

from uitwijk.continuity.loading import load_region
from uitwijk.continuity.placement import place
from uitwijk.continuity.situation import load_situation
from uitwijk.continuity.standing import Standing
from uitwijk.continuity.waiting import NOTHING_WAITS, decide

__all__ = ["NOTHING_WAITS", "Standing", "decide", "load_region", "load_situation", "place"]
