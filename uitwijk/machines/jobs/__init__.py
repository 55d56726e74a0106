"""What each kind of machine is told to do. Pure: machine, site and secrets in; files and commands out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from uitwijk.continuity.catalogue import Kind
from uitwijk.continuity.standing import Standing
from uitwijk.machines.jobs.applications import CLUSTER, DNS_UPDATE_KEY, announcement_key, application_job
from uitwijk.machines.jobs.job import ANNOUNCED_TTL, File, Job, data_path, render
from uitwijk.machines.jobs.records import records_job
from uitwijk.machines.jobs.telephony import CARRIER, is_exchange, telephony_job
from uitwijk.machines.jobs.workplaces import workplaces_job

__all__ = [
    "ANNOUNCED_TTL",
    "CARRIER",
    "CLUSTER",
    "DNS_UPDATE_KEY",
    "JOBS",
    "File",
    "Job",
    "MakeJob",
    "announcement_key",
    "application_job",
    "data_path",
    "is_exchange",
    "records_job",
    "render",
    "telephony_job",
    "workplaces_job",
]

MakeJob = Callable[[Standing, Mapping[str, str]], Job]
"""A machine where it stands, and its secrets by name, become what it is told to do. Pure."""

JOBS: Mapping[Kind, MakeJob] = {
    Kind.WORKPLACES: workplaces_job,
    Kind.TELEPHONY: telephony_job,
    Kind.APPLICATION: application_job,
}
"""What machines are told to do, by the kind of their service."""
