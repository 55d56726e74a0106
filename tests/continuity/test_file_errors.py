"""Files that cannot be read, or hold what no file may hold: each gets one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field

from tests.conftest import Catalogue
from tests.continuity.complaints import problems
from uitwijk.continuity import load_region
from uitwijk.continuity.catalogue import Host
from uitwijk.continuity.errors import CatalogueError
from uitwijk.continuity.reading import Problems, validate

KOLKWIJDE = "municipalities/kolkwijde.yaml"


@pytest.mark.parametrize("file", ["region.yaml", "sites.yaml", "buildings.yaml", "services.yaml", "processes.yaml"])
def test_a_missing_file_is_the_only_complaint(catalogue: Catalogue, file: str) -> None:
    (catalogue.folder / file).unlink()
    assert problems(catalogue) == [f"{file}: the file does not exist"]


def test_the_manual_steps_alone_may_be_left_out(catalogue: Catalogue) -> None:
    (catalogue.folder / "manual-steps.yaml").unlink()
    assert load_region(catalogue.folder).manual_steps == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("veldoord: [", "line 1: "),
        ("veldoord:\n\tname: x\n", "line 2: "),
        ("- veldoord\n", "must be a mapping: {name of one of the sites: its description}"),
        ("[a]: 1\n", "line 1: a key must be text"),
        ("a: {2026-11-24: b}\n", "line 1: a key must be text"),
        ("a: &itself [*itself]\n", "line 1: *itself stands within what it repeats"),
        ("a: 2026-13-01\n", "a: `2026-13-01` is no date, or no date and time: month must be in 1..12"),
        ("a: \x00\n", "line 1: holds a character that cannot be shown (U+0000)"),
        ("12: {}\n", "12: must be text, but YAML reads it as 12; put it in quotes"),
    ],
)
def test_a_file_that_cannot_be_read(catalogue: Catalogue, text: str, problem: str) -> None:
    catalogue.write("sites.yaml", text)
    assert problems(catalogue)[0].startswith(f"sites.yaml: {problem}")


def test_a_file_that_is_not_text(catalogue: Catalogue) -> None:
    (catalogue.folder / "sites.yaml").write_bytes(b"name: Frysl\xe2n\n")
    assert problems(catalogue) == ["sites.yaml: is not text in UTF-8"]


def test_a_folder_where_a_file_is_expected(catalogue: Catalogue) -> None:
    (catalogue.folder / "sites.yaml").unlink()
    (catalogue.folder / "sites.yaml").mkdir()
    assert problems(catalogue) == ["sites.yaml: is a folder; a file is expected there"]


def test_a_file_that_would_be_overlooked(catalogue: Catalogue) -> None:
    catalogue.write("municipalities/elders.yml", "name: Elders").write("manual_steps.yaml", "[]")
    assert problems(catalogue) == [
        "manual_steps.yaml: is no file of the catalogue; there are: region.yaml, sites.yaml, buildings.yaml, "
        "services.yaml, processes.yaml, manual-steps.yaml, retired.yaml",
        "municipalities/elders.yml: would not be read; its name must end in .yaml",
    ]


def test_a_catalogue_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no such folder; the catalogue of the region is expected there"):
        load_region(tmp_path / "catalogue")


def test_several_problems_are_one_text_of_as_many_lines() -> None:
    assert CatalogueError("one").problems == ("one",)
    assert str(CatalogueError(["one", "two"])) == "one\ntwo"


# Values


def told(kind: Any, data: Any) -> list[str]:
    """Every complaint about `data`, which must be a `kind`."""
    found = Problems()
    validate(kind, data, "a.yaml", found)
    return found.lines


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-11-24", '"2026-11-24"'),
        ("Groot Reeënmeer", '"Groot Reeënmeer"'),
        (f"no {'9' * 55}", f'"no {"9" * 55}"'),
        (f"no {'9' * 56}", f'"no {"9" * 56}…'),
    ],
)
def test_a_wrong_value_is_repeated_as_it_was_written_but_no_more_than_sixty_characters_of_it(
    catalogue: Catalogue, value: str, shown: str
) -> None:
    catalogue.change(KOLKWIJDE, "seats: 28", f"seats: {value}")
    assert problems(catalogue) == [f"{KOLKWIJDE}: seats: {shown} is no whole number"]


def test_a_complaint_without_a_sentence_of_its_own_is_told_in_the_checkers_words() -> None:
    assert told(Annotated[int, Field(multiple_of=2)], 3) == ["a.yaml: 3: input should be a multiple of 2"]


def test_a_name_of_the_wrong_form_is_found_where_it_stands(catalogue: Catalogue) -> None:
    catalogue.change("region.yaml", "  XS: {", "  xs: {")
    assert problems(catalogue) == [
        "region.yaml: sizes.xs: xs is not a size class: capitals, perhaps after one digit (e.g. XL or 2XL)"
    ]


HOST = {"name": "h", "cores": 1, "mhz": 2000, "memory_gib": 1, "cpu_generation": "any", "colour": "red"}


@pytest.mark.parametrize(
    ("kind", "data", "place"),
    [
        (Host, HOST, ""),
        (Host | None, HOST, ""),
        (tuple[Host, ...], [HOST], "[0]."),
        (dict[str, Host], {"a": HOST}, "a."),
        (dict[str, tuple[Host, ...]], {"a": [HOST]}, "a[0]."),
    ],
)
def test_an_unknown_key_is_told_the_keys_of_the_thing_it_stands_in(kind: Any, data: Any, place: str) -> None:
    allowed = "cores, cpu_generation, memory_gib, mhz, name"
    assert told(kind, data) == [f"a.yaml: {place}colour: unknown key; allowed are: {allowed}"]
