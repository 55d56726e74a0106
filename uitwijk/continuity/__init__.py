"""The model of continuity: catalogue → situation → placement → guard. Pure Python; it knows no Pulumi."""

from __future__ import annotations

from uitwijk.continuity.loading import load_region
from uitwijk.continuity.placement import place
from uitwijk.continuity.room import wait_for_room
from uitwijk.continuity.situation import load_situation
from uitwijk.continuity.standing import Standing

__all__ = ["Standing", "load_region", "load_situation", "place", "wait_for_room"]
