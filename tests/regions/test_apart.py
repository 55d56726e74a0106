"""A change of Fryslân breaks the tests of Fryslân, and no others: nothing else names it, or reads what describes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
NAMED = re.compile(
    r"harlingen|bolsward|leeuwarden|iszf|nijefurd|gaasterl[aâ]n|lemsterl[aâ]n|littenseradiel|w[uû]nseradiel|"
    r"(?:balk|lemmer|wommels|workum|witmarsum)-town-hall",
    re.IGNORECASE,
)
READ = re.compile(r'(?:ROOT|parents\[\d\]) / "(?:catalogue|situation\.yaml|plans|expectations)"|from tests\.fryslan')


def others() -> Iterator[Path]:
    """Every module and every file of data that is not Fryslân's, nor this one."""
    for file in sorted(TESTS.rglob("*")):
        place = file.relative_to(TESTS)
        if file.suffix in (".py", ".yaml") and place.parts[0] != "fryslan" and file != Path(__file__):
            yield place


@pytest.mark.parametrize("place", list(others()), ids=str)
def test_no_other_test_names_fryslan_or_reads_what_describes_it(place: Path) -> None:
    text = (TESTS / place).read_text(encoding="utf-8")
    assert NAMED.findall(text) == []
    assert READ.findall(text) == []
