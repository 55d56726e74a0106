"""Two municipalities of the delivered region, which share a partnership, and the machines that a test needs."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
MUNICIPALITIES = ("harlingen", "nijefurd")
OWN = (
    "workplaces-profiles-1",
    "workplaces-broker-1",
    "workplaces-session-host-1",
    "civil-affairs-database-1",
    "civil-affairs-application-1",
    "counter-application-1",
    "documents-files-1",
    "documents-application-1",
)
SHARED = (
    "iszf-service-bus-node-1",
    "iszf-case-management-database-1",
    "iszf-case-management-application-1",
    "iszf-e-services-web-1",
)
NAME_SERVERS = ("iszf-directory-server-1", "iszf-directory-server-2")
MACHINES = (*SHARED, *(f"{municipality}-{machine}" for municipality in MUNICIPALITIES for machine in OWN))
"""Those that stand at one site at a time; nobody runs the databases, and what needs them."""


def make_small_catalogue(folder: Path) -> Path:
    """Copies the delivered catalogue into `folder` without the other municipalities, and returns it."""
    shutil.copytree(ROOT / "catalogue", folder)
    for file in (folder / "municipalities").iterdir():
        if file.stem not in MUNICIPALITIES:
            file.unlink()
    partnership = folder / "partnerships" / "iszf.yaml"
    content = yaml.safe_load(partnership.read_text(encoding="utf-8")) | {"members": list(MUNICIPALITIES)}
    partnership.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return folder
