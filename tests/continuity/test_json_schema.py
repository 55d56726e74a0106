"""The schemas for editors: as the model is now, and named by every file."""

from __future__ import annotations

import json

import pytest

from tests.conftest import ROOT, Catalogue
from uitwijk.continuity import json_schema

FILES = [*sorted((ROOT / "catalogue").rglob("*.yaml")), ROOT / "situation.yaml"]


def test_the_schemas_are_those_of_the_model_as_it_is() -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "catalogue" / "schema").iterdir()}
    assert written == json_schema.schemas(), "out of date; run: python -m continuity.json_schema"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_file_names_its_schema_in_its_first_line(file: object) -> None:
    path = ROOT / str(file)
    first = path.read_text(encoding="utf-8").splitlines()[0]
    schema = path.parent / first.removeprefix("# yaml-language-server: $schema=")
    kind = path.parent.name if path.parent.parent.name == "catalogue" else path.stem
    assert schema.resolve() == ROOT / "catalogue" / "schema" / f"{kind}.json"


@pytest.mark.parametrize("named", [True, False])
def test_the_schemas_are_written_into_the_catalogue_that_is_named_or_is_here(
    catalogue: Catalogue, named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(catalogue.folder if named else catalogue.folder.parent)
    (catalogue.folder / "schema" / "sites.json").unlink()
    json_schema.main([str(catalogue.folder)] if named else [])
    assert (catalogue.folder / "schema" / "sites.json").read_text(encoding="utf-8") == json_schema.schemas()[
        "sites.json"
    ]


def test_an_editor_learns_what_is_allowed_and_what_it_means() -> None:
    service = json.loads(json_schema.schemas()["services.json"])["$defs"]["Service"]
    assert service["additionalProperties"] is False
    assert {"class", "rto_hours", "rpo_minutes"} <= set(service["required"])
    assert service["properties"]["rto_hours"]["description"] == "Recovery time objective; at most that of the class."
