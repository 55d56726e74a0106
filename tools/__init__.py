"""Builds the tool chain of this project from published Go modules: `python3 -m tools.build`."""

from __future__ import annotations
