"""Workplaces: where staff work, wherever they sit."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.standing import Standing
from uitwijk.machines.jobs import Job, workplaces_job
from uitwijk.resources.part import Part


class Workplaces(Part):
    """Session hosts, the brokers before them, and the profile storage behind them.

    Cold: they run at one site. People reach them from any building, so a closed town hall moves no machine.
    """

    def job(self, here: Standing, secrets: Mapping[str, str]) -> Job:
        """See `workplaces_job`."""
        return workplaces_job(here, secrets)
