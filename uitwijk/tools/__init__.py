"""Builds the tool chain of this project from published Go modules: `python -m uitwijk.tools.build`."""

from __future__ import annotations
