"""The delivered region made small: three municipalities, five services, so that the engine needs seconds."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
MUNICIPALITIES = ("bolsward", "harlingen", "leeuwarden")
"""Two members of the partnership, and the one that stands alone."""
SERVICES = ("directory", "service-bus", "session-border", "telephony", "workplaces", "civil-affairs")


def make_small_catalogue(folder: Path) -> Path:
    """Copies the delivered catalogue into `folder` without most of what stands there, and returns it.

    Nineteen machines stand in Bolsward, thirteen in Leeuwarden, eight of each hot; both golden templates are in use.
    """
    shutil.copytree(ROOT / "catalogue", folder)
    for file in (folder / "municipalities").iterdir():
        if file.stem not in MUNICIPALITIES:
            file.unlink()
    _change(folder / "partnerships" / "iszf.yaml", _partnership)
    _change(folder / "municipalities" / "leeuwarden.yaml", _leeuwarden)
    _change(folder / "services.yaml", _services)
    _change(folder / "processes.yaml", _processes)
    return folder


def _change(file: Path, change: Any) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump(change(content), sort_keys=False, allow_unicode=True), encoding="utf-8")


def _partnership(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"members": [name for name in content["members"] if name in MUNICIPALITIES]}


def _leeuwarden(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"sizes": {role: size for role, size in content["sizes"].items() if _kept(role.split("/")[0])}}


def _services(content: dict[str, Any]) -> dict[str, Any]:
    services = {name: service for name, service in content.items() if _kept(name)}
    for name, service in services.items():
        service["depends_on"] = [needed for needed in service.get("depends_on", ()) if _kept(needed)]
        if name != "directory":  # its pair stays, so that one is kept apart
            for role in service["roles"].values():
                role["count"] = 1
    roles = services["workplaces"]["roles"]
    del roles["broker"]  # and with it what serves logins
    roles["session-host"]["after"] = ["profiles"]
    services["workplaces"]["serves"] = ["sessions"]
    return services


def _processes(content: dict[str, Any]) -> dict[str, Any]:
    return {name: process for name, process in content.items() if all(_kept(needed) for needed in process["services"])}


def _kept(service: str) -> bool:
    return service in SERVICES
