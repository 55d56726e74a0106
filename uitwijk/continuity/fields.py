"""The kinds of single values in the project's files: slugs, codes, amounts. Their errors are sentences for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import CoreSchema, core_schema


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
Amount = Annotated[int, Field(ge=0, strict=True)]
Count = Annotated[int, Field(ge=1, strict=True)]
Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
