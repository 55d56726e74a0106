"""YAML is edited where it changes, and nowhere else."""

from __future__ import annotations

import pytest
import yaml

from uitwijk.yaml_text import NotEditable, Word, YamlText

FLOW = "a: {one: 1, two: 2, three: 3}   # said\n"
BLOCK = "# before\na:\n  one: 1   # first\n    # of one\n  two: 2\n  three: 3\n# behind\nb: x\n"


def edited(text: str, verb: str, *given: object, **how: object) -> str:
    file = YamlText(text)
    getattr(file, verb)(*given, **how)
    return file.text


@pytest.mark.parametrize("text", [FLOW, BLOCK, BLOCK.replace("\n", "\r\n"), "a: {}\n", "a:\n", "b: x\n", "a: {}"])
def test_what_is_set_is_there_and_every_comment_stays(text: str) -> None:
    new = (
        edited(text, "set", Word("lost"), "a", "two") if yaml.safe_load(text).get("a") else edited(text, "set", 4, "a")
    )
    said, wanted = yaml.safe_load(new), yaml.safe_load(text)
    assert said == wanted | {"a": wanted["a"] | {"two": "lost"} if wanted.get("a") else 4}
    assert [line.partition("#")[2] for line in new.splitlines() if "#" in line] == [
        line.partition("#")[2] for line in text.splitlines() if "#" in line
    ]
    assert new.count("\r\n") == (new.count("\n") if "\r\n" in text else 0)


@pytest.mark.parametrize("text", [FLOW, BLOCK])
@pytest.mark.parametrize("key", ["one", "two", "three"])
def test_what_is_removed_is_gone_and_the_rest_stays(text: str, key: str) -> None:
    said = yaml.safe_load(edited(text, "remove", "a", key))["a"]
    assert said == {name: value for name, value in yaml.safe_load(text)["a"].items() if name != key}


@pytest.mark.parametrize("text", [FLOW, BLOCK])
def test_the_last_one_that_is_removed_leaves_an_empty_mapping(text: str) -> None:
    file = YamlText(text)
    for key in ("two", "one", "three"):
        file.remove("a", key)
    assert yaml.safe_load(file.text)["a"] == {}


def test_a_flow_mapping_that_is_filled_and_emptied_is_as_it_was() -> None:
    file = YamlText("a: {}      # said\n")
    file.set({"staff_to": {"hall": 8}}, "a", "office")
    assert file.text == "a: {office: {staff_to: {hall: 8}}}      # said\n"
    file.remove("a", "office")
    assert file.text == "a: {}      # said\n"


def test_a_comment_behind_a_value_keeps_its_column_as_long_as_there_is_room() -> None:
    assert edited("a: {s: normal, t: x}  # said\n", "set", Word("drained"), "a", "s") == (
        "a: {s: drained, t: x} # said\n"
    )
    assert edited("a: normal   # said\n", "set", Word("lost"), "a") == "a: lost     # said\n"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("b: x\n", "b: x\nlog:\n  - {k: 1}\n"),
        ("log: []   # newest last\n", "log:   # newest last\n  - {k: 1}\n"),
        ("log:   # newest last\n", "log:   # newest last\n  - {k: 1}\n"),
        ("log:\n- {k: 0}   # first\n# end", "log:\n- {k: 0}   # first\n- {k: 1}\n# end"),
        ("log:\n    - k: 0\n      # of it\n# end", "log:\n    - k: 0\n      # of it\n    - k: 1\n# end"),
        ("log: [{k: 0}]", "log: [{k: 0}, {k: 1}]"),
    ],
)
def test_an_entry_is_added_at_the_end_in_the_style_of_the_list(text: str, new: str) -> None:
    assert edited(text, "append", {"k": 1}, "log", on_one_line=True) == new


@pytest.mark.parametrize("text", ["base: &b {one: 1}\na: {<<: *b}\n", "a: 1\n", "{a: {}"])
def test_a_place_that_is_not_in_the_text_is_not_edited(text: str) -> None:
    with pytest.raises(NotEditable):
        edited(text, "remove", "a", "one")


@pytest.mark.parametrize("said", ['smoke: "thick", # 50% {gone} - yes', "yes", "û\u2028\x7f\ufeff", "\U000f0000", "1"])
def test_a_text_is_read_back_as_it_was_given(said: str) -> None:
    assert yaml.safe_load(edited("a: x\n", "set", said, "a")) == {"a": said}
