"""Who runs, sits and rings where, as `uitwijk status --json` gives it and the evidence keeps it."""

from __future__ import annotations

from uitwijk.evidence.piece import Piece


class SeatsReport(Piece):
    """Where an organisation's staff have a seat."""

    needed: int = 0
    at: dict[str, int] = {}
    """How many, by building."""
    short: int = 0


class NumberReport(Piece):
    """Where a number block is served and rings."""

    served_by: list[str] = []
    """Sites."""
    rings_at: dict[str, str] = {}
    """Emergency location by building."""


class ProcessesReport(Piece):
    """Which processes of a municipality go on."""

    continues: list[str] = []
    stopped: dict[str, str] = {}
    """Why, by process."""
    majority: bool = False
    """Whether the majority of the work goes on."""


class CapacityReport(Piece):
    """Used and available at a site."""

    vcpus: tuple[float, float]
    memory_gib: tuple[float, float]
    spare_host: bool


class ManualStepReport(Piece):
    """What people have to do."""

    owner: str
    step: str


class PlacementReport(Piece):
    """The placement of a situation."""

    epoch: int | None = None
    """Of the situation."""
    workloads: dict[str, str | None] = {}
    """The site that runs each cold workload; None: it stands still."""
    hot: dict[str, list[str]] = {}
    """The hot workloads by site."""
    seats: dict[str, SeatsReport] = {}
    """By organisation."""
    numbers: dict[str, NumberReport] = {}
    """By municipality and first number."""
    processes: dict[str, ProcessesReport] = {}
    """By municipality."""
    capacity: dict[str, CapacityReport] = {}
    """By site."""
    shed: list[str] = []
    """Workloads that stand still for want of room."""
    manual_steps: list[ManualStepReport] = []
