"""What the jobs of machines are made of, and what every machine does that stands at one site at a time."""

from __future__ import annotations

from uitwijk.machines.jobs.job import File, Job, data_path, render

__all__ = ["File", "Job", "data_path", "render"]
