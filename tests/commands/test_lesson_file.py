"""`lessons.yaml` keeps everything that people wrote into it, however they wrote it."""

from __future__ import annotations

import datetime
import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uitwijk.continuity.errors import UitwijkError
from uitwijk.lessons.lesson import Lesson, load_lessons
from uitwijk.lessons.writing import add_lesson, close_lesson

GIVEN = {"text": "new", "owner": "me", "opened": datetime.date(2026, 11, 27), "due": datetime.date(2027, 3, 1)}
CLOSING = {"date": datetime.date(2027, 1, 1), "by": "me", "how": "done"}
STYLES = {
    "as the command writes it": """\
# What was taught.
lessons:   # newest last
  - id: L1
    text: "one"   # said by everybody
    owner: "a"
    opened: 2026-01-01
    due: 2026-02-01   # agreed
    # the owner was ill
  # the second exercise
  - id: L2
    text: >-
      two,
      folded
    owner: "b"
    opened: 2026-01-01
    due: 2026-02-01
# the end
""",
    "not indented, in another order, the last value a block": """\
lessons:
- due: 2026-02-01
  opened: 2026-01-01
  id: L1
  owner: a
  text: |
    one
  # the owner was ill

- due: 2026-02-01
  opened: 2026-01-01
  id: L2
  owner: b
  text: |-
    two
""",
    "one line each, without a newline at the end": """\
---
lessons:
    - {id: L1, text: one, owner: a, opened: 2026-01-01, due: 2026-02-01}   # ill
    - {id: L2, text: two, owner: b, opened: 2026-01-01, due: 2026-02-01}""",
    "all on one line": """\
lessons: [{id: L1, text: one, owner: a, opened: 2026-01-01, due: 2026-02-01},
          {id: L2, text: two, owner: b, opened: 2026-01-01, due: 2026-02-01}]   # newest last
""",
    "the last value without a newline, and a comment at the end": """\
lessons:
  - {id: L1, text: one, owner: a, opened: 2026-01-01, due: 2026-02-01}
  - id: L2
    text: two
    owner: b
    opened: 2026-01-01
    due: 2026-02-01 # agreed""",
    "nothing yet": "# before\nlessons: []   # newest last\n# behind\n",
}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lessons") / "lessons.yaml"


def is_part_of(old: str, new: str) -> bool:
    """Whether `new` is `old` with text inserted."""
    letters = iter(new)
    return all(letter in letters for letter in old)


def changed(file: Path, key: str | None) -> Lesson:
    return close_lesson(file, key, CLOSING) if key else add_lesson(file, GIVEN)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("style", STYLES)
def test_any_changes_in_any_order_keep_every_letter_that_was_there(scratch: Path, style: str, newline: str) -> None:
    there = {"L1", "L2"} if style != "nothing yet" else set()
    for order in itertools.permutations([*sorted(there), None]):
        text = STYLES[style].replace("\n", newline)
        scratch.write_bytes(text.encode())
        for key in (*order, None):
            before = load_lessons(scratch)
            lesson = changed(scratch, key)
            new = scratch.read_bytes().decode()
            assert load_lessons(scratch) == tuple(
                lesson if one.id == lesson.id else one for one in (before if key else (*before, lesson))
            )
            assert is_part_of(text.replace(" []", ""), new)
            assert new.count("\n") == new.count(newline)
            text = new


def test_comments_stay_with_the_lesson_that_they_are_about(scratch: Path) -> None:
    scratch.write_text(STYLES["as the command writes it"], encoding="utf-8")
    close_lesson(scratch, "L1", CLOSING)
    add_lesson(scratch, GIVEN)
    assert scratch.read_text(encoding="utf-8") == STYLES["as the command writes it"].replace(
        "    # the owner was ill\n",
        '    # the owner was ill\n    closed: {date: 2027-01-01, by: "me", how: "done"}\n',
    ).replace(
        "# the end\n",
        '  - id: L3\n    text: "new"\n    owner: "me"\n    opened: 2026-11-27\n    due: 2027-03-01\n# the end\n',
    )


def test_those_who_add_at_once_get_different_numbers_and_lose_nothing(scratch: Path) -> None:
    scratch.unlink(missing_ok=True)
    with ThreadPoolExecutor(8) as people:
        added = list(people.map(lambda number: add_lesson(scratch, GIVEN | {"text": str(number)}), range(8)))
    assert {lesson.id for lesson in added} == {f"L{number}" for number in range(1, 9)}
    assert set(load_lessons(scratch)) == set(added)


@given(text=st.text(), owner=st.text())
def test_whatever_is_taken_is_read_back_and_nothing_is_left_of_the_rest(scratch: Path, text: str, owner: str) -> None:
    scratch.unlink(missing_ok=True)
    refused: tuple[str, ...] = ()
    try:
        lesson = add_lesson(scratch, GIVEN | {"text": text, "owner": owner})
    except UitwijkError as error:
        refused = error.problems
    if refused:
        assert all("is empty" in problem or "cannot be shown" in problem for problem in refused)
        assert not scratch.exists()
    else:
        assert load_lessons(scratch) == (lesson,)
        assert (lesson.text, lesson.owner) == (" ".join(text.split()), " ".join(owner.split()))
