"""Writes the JSON Schemas with which editors complete and check the files of the catalogue.

python -m uitwijk.continuity.json_schema [CATALOGUE]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from uitwijk.continuity.catalogue import ManualStep
from uitwijk.continuity.fields import Slug
from uitwijk.continuity.loading import ENTRIES, FOLDERS, OWN_RECIPES
from uitwijk.continuity.retirement import Retired
from uitwijk.continuity.settings import Settings
from uitwijk.continuity.situation import Situation

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """The text of every schema, by file name. A file of the catalogue names its schema in its first line."""
    kinds: dict[str, Any] = {
        "region": Settings,
        "manual-steps": tuple[ManualStep, ...],
        "situation": Situation,
        "retired": tuple[Retired, ...],
        **{name: dict[Slug, kind] for name, kind in ENTRIES.items()},  # type: ignore[valid-type]
        **FOLDERS,
        **OWN_RECIPES,
    }
    return {f"{name}.json": _text(name, kind) for name, kind in kinds.items()}


def _text(name: str, kind: Any) -> str:
    schema = {"$schema": _DIALECT, "title": name, **TypeAdapter(kind).json_schema()}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> None:
    """Writes them into the folder `schema` of the catalogue."""
    folder = Path(arguments[0] if arguments else "catalogue") / "schema"
    folder.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
