"""The model of continuity: catalogue → situation → placement → guard. Pure Python; it knows no Pulumi."""

from continuity.loading import load_region

__all__ = ["load_region"]
