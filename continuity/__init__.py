"""The model of continuity: catalogue → situation → placement → guard. Pure Python; it knows no Pulumi."""

from __future__ import annotations

from continuity.loading import load_region
from continuity.placement import place
from continuity.room import wait_for_room
from continuity.situation import load_situation

__all__ = ["load_region", "load_situation", "place", "wait_for_room"]
