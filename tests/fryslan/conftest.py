"""Fryslân, as it is delivered."""

from __future__ import annotations

from tests.delivered import catalogue, recorded, region  # noqa: F401
