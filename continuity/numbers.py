"""Telephone number blocks: a first and a last number in the national notation, area code and hyphen first."""

from __future__ import annotations

import re
from functools import cached_property

import phonenumbers
from pydantic import BaseModel, ConfigDict, model_validator

_NATIONAL_DIGITS = 9
"""Digits after the trunk 0 of a Dutch geographic number: 58 + 7, or 515 + 6 (Nummerplan)."""


def _check(field: str, text: str) -> None:
    match = re.fullmatch(r"(0\d{2,3})-(\d+)", text)
    if not match:
        raise ValueError(f"{field}: {text} is not written as area code, hyphen, subscriber digits (e.g. 0517-491299)")
    area, subscriber = match.groups()
    expected = _NATIONAL_DIGITS - (len(area) - 1)
    if len(subscriber) != expected:
        example = (subscriber + "99999999")[:expected]
        raise ValueError(
            f"{field}: {text} has {len(subscriber)} subscriber digits; area code {area} has {expected} (e.g. {area}-{example})"
        )
    parsed = phonenumbers.parse(text, "NL")
    if (
        not phonenumbers.is_valid_number(parsed)
        or phonenumbers.number_type(parsed) != phonenumbers.PhoneNumberType.FIXED_LINE
    ):
        raise ValueError(f"{field}: {text} is not a Dutch geographic number")


class NumberBlock(BaseModel):
    """Consecutive geographic numbers of one municipality, e.g. `{first: 0517-491200, last: 0517-491299}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: str
    last: str

    @model_validator(mode="after")
    def _consistent(self) -> NumberBlock:
        for field in ("first", "last"):
            _check(field, getattr(self, field))
        if self.first.split("-")[0] != self.last.split("-")[0]:
            raise ValueError(f"last: {self.last} lies in another area than first: {self.first}")
        if self.numbers.start >= self.numbers.stop:
            raise ValueError(f"last: {self.last} comes before first: {self.first}")
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
