"""Reads YAML files strictly and turns every complaint into one line for a person."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML in which a key may stand once."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[Hashable] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.MarkedYAMLError(problem=f"{key} stands twice", problem_mark=key_node.start_mark)
        seen.add(key)
    return {
        loader.construct_object(key, deep=True): loader.construct_object(value, deep=True) for key, value in node.value
    }


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class Problems:
    """Collects complaints, so that all of them are told at once."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, place: str, what: str) -> None:
        """Notes that something at `place` (file, then path to the value) is wrong."""
        self.lines.append(f"{place}: {what}")


def read_yaml(path: Path, place: str, problems: Problems) -> Any:
    """The content of a YAML file, or None after noting why it cannot be had."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except FileNotFoundError:
        problems.add(place, "the file does not exist")
    except (OSError, UnicodeDecodeError) as error:
        problems.add(place, f"cannot be read: {error}")
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        problems.add(place, f"{line}{error.problem}")
    return None


def validate(kind: Any, data: Any, place: str, problems: Problems) -> Any:
    """`data` as a `kind` (a model, or a type such as `dict[Slug, Service]`), or None after noting every complaint."""
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        for complaint in error.errors(include_url=False):
            location = _path(complaint["loc"])
            problems.add(f"{place}: {location}" if location else place, _sentence(complaint, kind))
    return None


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text.replace(".[key]", "")


def _sentence(complaint: Any, kind: Any) -> str:
    if complaint["type"] == "extra_forbidden":
        return f"unknown key; allowed are: {', '.join(sorted(_allowed(kind, complaint['loc'])))}"
    if complaint["type"] == "missing":
        return "is missing"
    message = str(complaint["msg"]).removeprefix("Value error, ")
    value = complaint.get("input")
    if not isinstance(value, str | int | float) or str(value) in message.split():
        return message
    return f"{value!r}: {message[0].lower()}{message[1:]}"


def _allowed(kind: Any, location: tuple[int | str, ...]) -> set[str]:
    """The keys that the model at `location` (whose last part is the unknown key) knows."""
    schema = TypeAdapter(kind).json_schema()
    node = schema
    for part in location[:-1]:
        node = _resolve(schema, node)
        if isinstance(part, int):
            node = node.get("items") or node.get("prefixItems", [{}])[0]
        else:
            node = node.get("properties", {}).get(part) or node.get("additionalProperties") or node
        node = node if isinstance(node, dict) else {}
    return set(_resolve(schema, node).get("properties", {}))


def _resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    for choice in (node, *node.get("anyOf", ())):
        if "$ref" in choice:
            return schema["$defs"][choice["$ref"].rsplit("/", 1)[1]]
        if "properties" in choice or "additionalProperties" in choice:
            return choice
    return node
