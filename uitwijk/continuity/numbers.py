"""Telephone number blocks: a first and a last number in the national notation, area code and hyphen first."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_NATIONAL_DIGITS = 9
"""Digits after the trunk 0 of a Dutch geographic number: 58 + 7, or 515 + 6 (Nummerplan)."""


def _number(text: str) -> str:
    match = re.fullmatch(r"(0\d{2,3})-(\d+)", text)
    if not match:
        raise ValueError(f"{text} is not written as area code, hyphen, subscriber digits (e.g. 0517-491299)")
    area, subscriber = match.groups()
    expected = _NATIONAL_DIGITS - (len(area) - 1)
    if len(subscriber) != expected:
        example = (subscriber + "99999999")[:expected]
        raise ValueError(
            f"{text} has {len(subscriber)} subscriber digits; area code {area} has {expected} (e.g. {area}-{example})"
        )
    parsed = phonenumbers.parse(text, "NL")
    kind = phonenumbers.number_type(parsed)
    if not phonenumbers.is_valid_number(parsed) or kind != phonenumbers.PhoneNumberType.FIXED_LINE:
        raise ValueError(f"{text} is not a Dutch geographic number (e.g. 0517-491299)")
    return text


Number = Annotated[str, AfterValidator(_number), Field(json_schema_extra={"pattern": r"^0\d{2,3}-\d{6,7}$"})]


class NumberBlock(BaseModel):
    """Consecutive geographic numbers of one municipality, e.g. `{first: 0517-491200, last: 0517-491299}`."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)

    first: Number
    """Its first number, with a hyphen behind the area code."""
    last: Number
    """Its last number, written alike."""

    @model_validator(mode="after")
    def _consistent(self) -> NumberBlock:
        if self.first.split("-")[0] != self.last.split("-")[0]:
            raise ValueError(f"its last number {self.last} lies in another area than its first, {self.first}")
        if self.numbers.start >= self.numbers.stop:
            raise ValueError(f"its last number {self.last} comes before its first, {self.first}")
        return self

    @property
    def area_code(self) -> str:
        """As dialled inside the country, e.g. `0517`."""
        return self.first.split("-")[0]

    @cached_property
    def numbers(self) -> range:
        """The block as integers in E.164 without the plus, e.g. `range(31517491200, 31517491300)`."""
        return range(_e164(self.first), _e164(self.last) + 1)

    @property
    def key(self) -> str:
        """The first number in E.164, e.g. `+31517491200`."""
        return f"+{self.numbers.start}"


def _e164(text: str) -> int:
    parsed = phonenumbers.parse(text, "NL")
    return int(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
