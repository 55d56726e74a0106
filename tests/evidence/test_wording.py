"""How the report says things."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import uitwijk
from uitwijk.drill.report.timeline import LEFT, RIGHT, draw
from uitwijk.evidence.scenario_report import ScenarioReport
from uitwijk.wording import CUT, DisplayNames, about, difference, duration, listed, names, shortened, telephone, value

STYLE = (Path(uitwijk.__file__).parent / "drill" / "report" / "templates" / "report.css.j2").read_text()
SCHEMES = [
    dict(re.findall(r"--([\w-]+): (#\w+);", block)) for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark", "paper"])
@pytest.mark.parametrize("ground", ["paper", "wash", "alarm-wash", "accent-wash"])
@pytest.mark.parametrize("ink", ["ink", "quiet", "accent", "alarm"])
def test_every_colour_of_text_stands_out_from_every_ground(scheme: dict[str, str], ground: str, ink: str) -> None:
    assert contrast(scheme[ink], scheme[ground]) >= 4.5


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "not ended"),
        (0.04, "0.0 s"),
        (38.44, "38.4 s"),
        (59.96, "1 min 00 s"),
        (185, "3 min 05 s"),
        (7800, "2 h 10 min"),
    ],
)
def test_a_duration_is_said_in_the_unit_that_fits(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("items", "said"), [([], "nobody"), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_ends_with_and(items: list[str], said: str) -> None:
    assert listed(items) == said


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (None, "nothing"),
        (True, "yes"),
        ([], "none"),
        ({"dns": False, "at": ["a", 1]}, "dns: no; at: a, 1"),
    ],
)
def test_a_value_is_said_without_brackets(of: Any, said: str) -> None:
    assert value(of) == said


def test_a_long_value_is_cut_and_says_how_much_there_is() -> None:
    said = value([f"machine-{number}" for number in range(240)])
    assert len(said) <= CUT
    assert said.endswith("… (240 in all; in full in report.json)")


def test_a_difference_names_what_is_missing_and_what_is_surplus() -> None:
    assert difference(["a", "b"], ["b", "c"]) == (("Missing", "a"), ("Not expected", "c"))
    assert difference({"a": 1, "b": 2}, {"b": 3}) == (
        ("Difference", "a: expected 1, observed nothing"),
        ("Difference", "b: expected 2, observed 3"),
    )
    assert difference("a", "b") == ()


def test_a_number_is_spaced_and_any_other_text_stays() -> None:
    assert telephone("+31527991200") == "+31 527 991 200"
    assert telephone("14 0517 or so") == "14 0517 or so"


def test_what_has_no_display_name_is_said_in_words() -> None:
    names = DisplayNames({"services": {"counter": "Counter"}})
    assert names.workload("nuenen-gerwen/counter") == "Counter (Nuenen gerwen)"


def scenario(*steps: tuple[str, str | None, str | None], **more: Any) -> ScenarioReport:
    """A scenario with steps of (command, begin, end)."""
    return ScenarioReport.model_validate(
        {
            "key": "S2",
            "name": "Veldoord is lost",
            "verdict": "passed",
            "checks": [],
            "lessons": [],
            "not_executed": [],
            "steps": [
                {"name": "A step " * 20, "command": command, "started": begin, "ended": end, "result": "done"}
                for command, begin, end in steps
            ],
            **more,
        }
    )


def test_bars_stand_one_after_the_other_within_the_axis() -> None:
    drawing = draw(
        scenario(
            (None, "2026-11-27T08:00:00Z", "2026-11-27T08:00:10Z"),
            ("pulumi up --stack zandermeer", "2026-11-27T08:00:10Z", "2026-11-27T08:00:40Z"),
        )
    )
    assert drawing is not None
    first, second = drawing.steps
    assert (first.x, second.x + second.width) == (LEFT, RIGHT)
    assert first.x + first.width == second.x
    assert (first.kind, second.kind) == ("other", "engine")
    assert len(first.label) == 2


def test_recovery_counts_from_the_declaration_and_never_leaves_the_drawing() -> None:
    drawing = draw(
        scenario(
            (None, "2026-11-27T08:00:00Z", "2026-11-27T08:00:10Z"),
            declared="2026-11-27T08:00:05Z",
            recovery=[
                {"class": "R0", "target_hours": 1, "seconds": 15, "machines": 3},
                {"class": "R1", "target_hours": 4, "seconds": None, "machines": 1},
            ],
        )
    )
    assert drawing is not None
    first, second = drawing.recovery
    assert first.x == drawing.declared_x == LEFT + (RIGHT - LEFT) / 4
    assert first.x + first.width == second.x + second.width == RIGHT
    assert (second.failed, second.value) == (True, "never")


def test_a_step_that_never_ended_is_drawn_to_the_end_and_marked() -> None:
    drawing = draw(scenario((None, "2026-11-27T08:00:00Z", None), ended="2026-11-27T08:00:10Z"))
    assert drawing is not None
    assert drawing.steps[0].failed
    assert drawing.steps[0].x + drawing.steps[0].width == RIGHT


def test_a_scenario_without_steps_has_no_drawing() -> None:
    assert draw(scenario()) is None


def test_a_long_list_names_the_first_and_counts_the_rest() -> None:
    assert shortened(["d", "a", "c"], 2) == "d, a and 1 more"
    assert shortened(["d", "a"], 2) == "d, a"


def test_what_has_no_order_is_named_in_that_of_the_alphabet() -> None:
    assert names({"d", "a", "c"}, 2) == "a, c and 1 more"


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min"), (301, "5 min")])
def test_a_lag_is_given_in_seconds_until_it_is_minutes(seconds: float, words: str) -> None:
    assert about(seconds) == words
