"""YAML is read strictly: bounded, and never a word of which readers of YAML think differently."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from uitwijk.continuity.bounded import Unreadable
from uitwijk.continuity.strict_yaml import DEEPEST, LONGEST, parse_yaml, to_yaml

WORDS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
    st.text("0123456789:._-+exobTZ yn", max_size=12),
    st.sampled_from(["yes", "No", "on", "OFF", "0127", "1:28", "0x1f", "0o17", "1_000", "1e5", ".inf", "<<", "~", "="]),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**14), 10**14) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


def refused(text: str) -> str:
    with pytest.raises(Unreadable) as caught:
        parse_yaml(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("0127", 'is read as 87 by YAML; write 127 or "0127"'),
        ("-007", 'is read as -7 by YAML; write -7 or "-007"'),
        ("1:28", 'is read as 88 (to the base of 60) by YAML; write 88, or "1:28" for text'),
        ("1:30.5", "(to the base of 60)"),
        ("yes", "is read as true by YAML"),
        ("Off", "is read as false by YAML"),
        ("0x1F", "is read as 31 by YAML"),
        ("0b101", "is read as 5 by YAML"),
        ("1_000", "is read as 1000 by YAML"),
        ("01.5", "is read as 1.5 by YAML"),
        ("1.5e+3", "is read as a number by YAML; write all its digits"),
        (".inf", "is no number that means anything here"),
        (".NaN", "is no number that means anything here"),
        ("9" * 6000, "is too long for a number"),
        ("0x" + "f" * 6000, "too large"),
        ("2026-13-01", "is no date, or no date and time"),
        ("2026-1-5 8:00:00", "is no date, or no date and time"),
        ("0001-01-01T00:00:00+23:00", "is in no year from 1900 to 2999"),
    ],
)
def test_a_word_that_is_read_in_several_ways_is_refused_with_what_was_meant(word: str, said: str) -> None:
    assert said in refused(f"a: [{{b: {word}}}]")
    assert refused(f"a: [{{b: {word}}}]").startswith("a[0].b: `")
    assert parse_yaml(f'a: "{word}"') == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("127", 127),
        ("-3", -3),
        ("0", 0),
        ("0.25", 0.25),
        ("true", True),
        ("False", False),
        ("~", None),
        ("normal", "normal"),
        ("10.11.0.0/16", "10.11.0.0/16"),
        ("1.2.3", "1.2.3"),
        ("0495", "0495"),
        ("08:30", "08:30"),
        ("1e5", "1e5"),
        ("=", "="),
        ("2026-11-28", datetime.date(2026, 11, 28)),
        ("2026-11-28T08:12:00Z", datetime.datetime(2026, 11, 28, 8, 12, tzinfo=datetime.UTC)),
    ],
)
def test_a_word_that_means_one_thing_is_that(word: str, value: object) -> None:
    assert parse_yaml(f"a: {word}") == {"a": value}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: " + "[" * 900 + "]" * 900, "line 1: is nested too deep; 32 levels are the most"),
        ("a: !!int ''", "line 1: !!int is a tag, which is not read here"),
        ("a: !!bool maybe", "line 1: !!bool is a tag"),
        ("a: !!python/object/apply:os.system [x]", "is a tag"),
        ('a: "\\uD800"', "a: holds what is no text in UTF-8"),
        ('a: "\\0"', "a: holds a character that cannot be shown (U+0000)"),
        ('a: "\\UFFFFFFFF"', "is no YAML: "),
        ("a: 1\n<<: {b: 2}", "line 2: <<"),
        ("a: 1\na: 2", "line 2: a stands twice"),
        ("a: 1\n---\nb: 2", "line 2: a second document"),
        ("a: *b", "line 1: *b repeats what is nowhere named so"),
        ("a: &b {c: *b}", "line 1: *b stands within what it repeats"),
        (f"a: {'x' * (LONGEST + 1)}", "line 1: is a text of 10,001 characters"),
        ("[" + "1," * 100_001 + "]", "line 1: holds too much"),
        ("{[a]: b}", "line 1: a key must be text"),
        ("%YAML " + "1" * 6000 + ".0\n---\na: 1\n", "is no YAML: "),
    ],
)
def test_what_no_file_holds_is_refused_in_one_line(text: str, said: str) -> None:
    assert said in refused(text)
    assert "\n" not in refused(text)


def test_an_alias_counts_as_often_as_it_repeats_a_value() -> None:
    assert parse_yaml("a: &a [1, 2]\nb: *a") == {"a": [1, 2], "b": [1, 2]}
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
    )
    assert "holds too much; 100,000 values are the most" in refused(bomb)
    deep = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, DEEPEST + 1))
    assert "is nested too deep" in refused(deep)


def test_every_unclear_word_is_told_at_once() -> None:
    assert refused("a: 0127\nb: [yes]\n").count("; ") >= 2
    assert re.search(r"a: `0127`.*b\[0\]: `yes`", refused("a: 0127\nb: [yes]\n"))


@given(VALUES)
def test_what_is_written_is_read_as_the_same_again(value: Any) -> None:
    text = to_yaml(value)
    assert parse_yaml(text) == value
    assert yaml.safe_load(text) == value
