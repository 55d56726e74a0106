"""What each kind of machine is told to do. Pure: machine, site and secrets in; files and commands out."""

from __future__ import annotations

from uitwijk.machines.jobs.applications import announcement_key, application_job
from uitwijk.machines.jobs.job import ANNOUNCED_TTL, File, Job, data_path, render
from uitwijk.machines.jobs.records import records_job
from uitwijk.machines.jobs.telephony import is_exchange, telephony_job
from uitwijk.machines.jobs.workplaces import workplaces_job

__all__ = [
    "ANNOUNCED_TTL",
    "File",
    "Job",
    "announcement_key",
    "application_job",
    "data_path",
    "is_exchange",
    "records_job",
    "render",
    "telephony_job",
    "workplaces_job",
]
