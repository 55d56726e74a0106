"""Loads the region from the catalogue's files; every problem of every file is told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from uitwijk.continuity import consistency, consistency_of_recipes, consistency_of_region, consistency_of_services
from uitwijk.continuity.catalogue import (
    Building,
    ManualStep,
    Municipality,
    Partnership,
    Process,
    Service,
    Site,
)
from uitwijk.continuity.draft import Draft, Findings, names
from uitwijk.continuity.errors import CatalogueError
from uitwijk.continuity.fields import Slug
from uitwijk.continuity.reading import Problems, read_yaml, validate
from uitwijk.continuity.recipe import Recipe, shipped_recipes
from uitwijk.continuity.region import Region
from uitwijk.continuity.retirement import Retired
from uitwijk.continuity.settings import Settings

_MANUAL_STEPS = "manual-steps.yaml"
_RECIPES = "recipes"
ENTRIES: dict[str, Any] = {"sites": Site, "buildings": Building, "services": Service, "processes": Process}
"""Files that hold one entry a slug."""
FOLDERS: dict[str, Any] = {"municipalities": Municipality, "partnerships": Partnership}
"""Folders that hold one file a slug, and must hold at least one."""
OWN_RECIPES: dict[str, Any] = {_RECIPES: Recipe}
"""The folder of the region's own recipes; it may be missing."""
RETIRED = "retired.yaml"
"""What left the region; it may be missing."""
_FILES = ("region.yaml", *(f"{name}.yaml" for name in ENTRIES), _MANUAL_STEPS, RETIRED)


def load_region(path: str | Path) -> Region:
    """The region that the catalogue in the folder `path` describes.

    Raises:
        CatalogueError: with every problem of every file, each naming file, path to the value and what is allowed.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise CatalogueError(f"{folder}: no such folder; the catalogue of the region is expected there")
    problems = Problems()
    reader = _Reader(folder, problems)
    draft = reader.draft()
    findings = Findings(reader.name, problems, names(draft, reader.listed))
    consistency.check(draft, findings)
    consistency_of_services.check(draft, findings)
    consistency_of_recipes.check(draft, findings)
    if draft.settings is not None and not findings.unresolved:
        region = Region(settings=draft.settings, **draft.described)
        consistency_of_region.check(region, findings)
        if not problems.lines:
            return region
    raise CatalogueError(problems.lines)


class _Reader:
    """Reads the files one by one; an unreadable entry does not keep the others from being judged."""

    def __init__(self, folder: Path, problems: Problems) -> None:
        self._folder = folder
        self._problems = problems
        self.name = folder.resolve().name
        """What messages call the folder."""
        self.listed: dict[str, list[str] | None] = {}
        """Names by file or folder, those of unreadable entries included; None when nothing of it can be read."""

    def draft(self) -> Draft:
        self._unknown_files()
        steps = self._optional(_MANUAL_STEPS, tuple[ManualStep, ...])
        retired = self._optional(RETIRED, tuple[Retired, ...])
        parts = {
            **{name: self._entries(name, kind) for name, kind in ENTRIES.items()},
            **{name: self._each(name, kind) for name, kind in FOLDERS.items()},
        }
        for name in FOLDERS:
            if not self.listed[name]:
                self.listed[name] = None
                self._problems.add(f"{self.name}/{name}", "holds no file; at least one is needed")
        parts |= {name: self._each(name, kind) for name, kind in OWN_RECIPES.items()}
        broken = frozenset(name for name, read in parts.items() if list(read) != self.listed[name])
        parts[_RECIPES] = {**shipped_recipes(), **parts[_RECIPES]}
        for name in sorted(shipped_recipes().keys() & set(self.listed[_RECIPES] or ())):
            what = "is the name of a recipe of the library; give it another"
            self._problems.add(f"{self.name}/{_RECIPES}/{name}.yaml", what)
        return Draft(
            settings=self._read("region.yaml", Settings),
            manual_steps=steps or (),
            retired=retired or (),
            broken=broken,
            **parts,
        )

    def _unknown_files(self) -> None:
        for folder, known in ((".", _FILES), *((name, ()) for name in (*FOLDERS, *OWN_RECIPES))):
            for file in sorted((self._folder / folder).glob("*.y*ml")):
                place = f"{self.name}/{file.relative_to(self._folder)}"
                if file.suffix != ".yaml":
                    self._problems.add(place, "would not be read; its name must end in .yaml")
                elif known and file.name not in known:
                    self._problems.add(place, f"is no file of the catalogue; there are: {', '.join(known)}")

    def _optional(self, name: str, kind: Any) -> Any:
        return self._read(name, kind) if (self._folder / name).exists() else ()

    def _read(self, name: str, kind: Any) -> Any:
        place = f"{self.name}/{name}"
        content = read_yaml(self._folder / name, place, self._problems)
        return None if content is None else validate(kind, content, place, self._problems)

    def _entries(self, name: str, kind: Any) -> dict[str, Any]:
        place = f"{self.name}/{name}.yaml"
        content = read_yaml(self._folder / f"{name}.yaml", place, self._problems)
        if content is not None and not isinstance(content, dict):
            self._problems.add(place, f"must be a mapping: {{name of one of the {name}: its description}}")
        entries = content if isinstance(content, dict) else {}
        self.listed[name] = [str(key) for key in entries] if isinstance(content, dict) else None
        read = {
            key: validate(kind, value, place, self._problems, at=(key,))
            for key, value in entries.items()
            if validate(Slug, key, place, self._problems, at=(str(key),)) is not None
        }
        return {key: value for key, value in read.items() if value is not None}

    def _each(self, name: str, kind: Any) -> dict[str, Any]:
        files = sorted((self._folder / name).glob("*.yaml"))
        self.listed[name] = [file.stem for file in files]
        read = {
            file.stem: self._read(f"{name}/{file.name}", kind)
            for file in files
            if validate(Slug, file.stem, f"{self.name}/{name}/{file.name}", self._problems) is not None
        }
        return {key: value for key, value in read.items() if value is not None}
