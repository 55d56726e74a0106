"""The schemas for editors that lie beside Fryslân's catalogue: as the model is now, and named by every file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fryslan.project import FRYSLAN
from uitwijk.continuity import json_schema

SCHEMAS = FRYSLAN.catalogue / "schema"
FILES = [*sorted(FRYSLAN.catalogue.rglob("*.yaml")), FRYSLAN.situation_file]


def test_the_schemas_are_those_of_the_model_as_it_is() -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in SCHEMAS.iterdir()}
    assert written == json_schema.schemas(), "out of date; run: python -m uitwijk.continuity.json_schema"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FRYSLAN.folder)))
def test_every_file_names_its_schema_in_its_first_line(file: Path) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    schema = file.parent / first.removeprefix("# yaml-language-server: $schema=")
    kind = file.parent.name if file.parent.parent.name == "catalogue" else file.stem
    assert schema.resolve() == SCHEMAS / f"{kind}.json"
