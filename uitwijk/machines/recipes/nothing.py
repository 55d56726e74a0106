"""Recipes whose packages are all there is to them: what they do further is in a template, or somebody else's."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import Job


def job(here: Standing, secrets: Mapping[str, str]) -> Job:  # noqa: ARG001
    """Nothing beside the packages."""
    return Job()
