"""The schemas for editors, and where they are written."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Catalogue
from uitwijk.continuity import json_schema


@pytest.mark.parametrize("named", [True, False])
def test_the_schemas_are_written_into_the_catalogue_that_is_named_or_is_here(
    catalogue: Catalogue, named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(catalogue.folder if named else catalogue.folder.parent)
    json_schema.main([str(catalogue.folder)] if named else [])
    assert (catalogue.folder / "schema" / "sites.json").read_text(encoding="utf-8") == json_schema.schemas()[
        "sites.json"
    ]


def test_an_editor_learns_what_is_allowed_and_what_it_means() -> None:
    service = json.loads(json_schema.schemas()["services.json"])["$defs"]["Service"]
    assert service["additionalProperties"] is False
    assert {"class", "rto_hours"} <= set(service["required"])
    assert service["properties"]["rto_hours"]["description"] == "Recovery time objective; at most that of the class."
