"""Loads the region from the catalogue's files; every problem of every file is told at once."""

from __future__ import annotations

from pathlib import Path

from continuity.catalogue import Building, ManualStep, Municipality, Partnership, Process, Service, Settings, Site, Slug
from continuity.consistency import check
from continuity.errors import CatalogueError
from continuity.reading import Problems, read_yaml, validate
from continuity.region import Region


def load_region(path: str | Path) -> Region:
    """The region that the catalogue in the folder `path` describes.

    Raises:
        CatalogueError: with every problem of every file, each naming file, path to the value and what is allowed.
    """
    folder = Path(path)
    problems = Problems()

    def read(name: str, kind: object, *, default: object = None) -> object:
        place = f"{folder.name}/{name}"
        if default is not None and not (folder / name).exists():
            return default
        content = read_yaml(folder / name, place, problems)
        return None if content is None else validate(kind, content, place, problems)

    def read_each(name: str, kind: object) -> dict[str, object]:
        files = sorted((folder / name).glob("*.yaml"))
        return {file.stem: read(f"{name}/{file.name}", kind) for file in files}

    if not folder.is_dir():
        raise CatalogueError(f"{folder}: no such folder; the catalogue of the region is expected there")
    parts: dict[str, object] = {
        "settings": read("region.yaml", Settings),
        "sites": read("sites.yaml", dict[Slug, Site]),
        "buildings": read("buildings.yaml", dict[Slug, Building]),
        "services": read("services.yaml", dict[Slug, Service]),
        "processes": read("processes.yaml", dict[Slug, Process]),
        "municipalities": read_each("municipalities", Municipality),
        "partnerships": read_each("partnerships", Partnership),
        "manual_steps": read("manual-steps.yaml", tuple[ManualStep, ...], default=()),
    }
    if problems.lines:
        raise CatalogueError(problems.lines)
    region = Region(**parts)  # type: ignore[arg-type]
    check(region, folder.name, problems)
    if problems.lines:
        raise CatalogueError(problems.lines)
    return region
