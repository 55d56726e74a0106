"""The kinds of single values in the project's files: slugs, codes, amounts. Their errors are sentences for people."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import CoreSchema, core_schema

from uitwijk.continuity.bounded import unfit
from uitwijk.continuity.yaml_words import dated


class Entity(BaseModel):
    """A part of a file: immutable, strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)


@dataclass(frozen=True)
class Like:
    """Text of a form: the pattern is for editors, the sentence, which follows the wrong value, for people."""

    pattern: str
    sentence: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], CoreSchema]) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Callable[[Any], dict[str, Any]]) -> Any:
        return {**handler(schema), "pattern": f"^{self.pattern}$"}

    def _check(self, value: str) -> str:
        if not re.fullmatch(self.pattern, value):
            raise ValueError(self.sentence)
        return value


Slug = Annotated[
    str,
    Like(
        r"[a-z](?:[a-z0-9]|-(?=[a-z0-9]))*",
        "is not a slug: lower-case ASCII letters, digits and single hyphens, a letter first",
    ),
]
SizeClass = Annotated[
    str, Like(r"[0-9]?[A-Z]+", "is not a size class: capitals, perhaps after one digit (e.g. XL or 2XL)")
]
CbsCode = Annotated[
    str, Like(r"[0-9]{4}", 'is not a code of Statistics Netherlands: four digits, in quotes (e.g. "0072")')
]
AreaCode = Annotated[
    str, Like(r"0[0-9]{2,3}", 'is not an area code: a zero and two or three digits, in quotes (e.g. "0517")')
]
DiskName = Annotated[
    Slug, Like(r".{1,16}", "is too long for the name of a disk: a file system's label has at most 16 characters")
]
MOST = 1_000_000_000
"""Of anything that is counted, epochs among it: more is a slip, and no part of the program may choke on it."""
Amount = Annotated[int, Field(ge=0, le=MOST, strict=True)]
Count = Annotated[int, Field(ge=1, le=MOST, strict=True)]
Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
"""true or false, not a word or a number that stands for it."""
_LONGEST = 2000


def _line(text: str) -> str:
    """`text` on one line."""
    line = " ".join(text.split())
    if not line:
        raise ValueError("is empty")
    if len(line) > _LONGEST:
        raise ValueError(f"has {len(line):,} characters; {_LONGEST:,} are the most")
    if why := unfit(line):
        raise ValueError(why)
    if any(unicodedata.category(character) == "Cn" for character in line):
        raise ValueError("holds a character that cannot be shown")
    return line


def _calendar_day(value: object) -> object:
    """Keeps pydantic from taking a number for the seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        raise ValueError(f"{value} is no date: year, month and day (e.g. 2027-03-01)")
    return value


def _moment(value: object) -> object:
    if not isinstance(value, str | datetime.date):
        raise ValueError(f"{str(value)[:30]} is no date and time (e.g. 2026-11-28T08:12:00Z)")
    return value


Line = Annotated[str, AfterValidator(_line)]
"""Text on one line, for people."""
Day = Annotated[datetime.date, BeforeValidator(_calendar_day), AfterValidator(dated)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(dated)]
"""A date and time with its time zone."""
