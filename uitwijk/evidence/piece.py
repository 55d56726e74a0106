"""What all pieces of evidence have in common: the same type is written by the drill and read by the report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from uitwijk.continuity.yaml_words import dated
from uitwijk.utc import stamp

Verdict = Literal["passed", "failed"]
Phase = Literal["before", "during", "after"]
"""Of a calamity."""


def as_written(moment: datetime) -> datetime:
    """A moment to the millisecond."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


Moment = Annotated[
    AwareDatetime, AfterValidator(dated), AfterValidator(as_written), PlainSerializer(stamp, when_used="json")
]
"""With a time zone; kept to the millisecond, and written in UTC."""


class Piece(BaseModel):
    """A piece of evidence. Reading leaves alone what it does not know; what a type has a default for may be missing."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


def plain(value: object) -> Any:
    """`value` as plain JSON data: sets become sorted lists, other objects their text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)


Seen = Annotated[Any, BeforeValidator(plain)]
"""Whatever was expected or observed, as plain JSON data."""
