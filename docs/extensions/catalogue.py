"""The directive `catalogue`: every file and key of the catalogue and of the situation, from the model's schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docutils.nodes import Node
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from uitwijk.continuity.json_schema import schemas
from uitwijk.continuity.loading import ENTRIES, FOLDERS

Schema = Mapping[str, Any]
_FORMATS = {"date": "date", "date-time": "date and time", "ipv4network": "IPv4 network"}
_SLUG = "^[a-z](?:[a-z0-9]|-(?=[a-z0-9]))*$"


class Catalogue(SphinxDirective):
    """Puts a section for each file where it stands."""

    def run(self) -> list[Node]:
        """The sections, made from Markdown."""
        text = "\n".join(line for name, schema in schemas().items() for line in _file(name, json.loads(schema)))
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def _file(schema_file: str, schema: Schema) -> Iterator[str]:
    name = schema_file.removesuffix(".json")
    path = f"{name}/SLUG.yaml" if name in FOLDERS else f"{name}.yaml"
    yield f"## `{path if name == 'situation' else 'catalogue/' + path}`\n"
    top, kinds = dict(schema), schema.get("$defs", {})
    if "properties" not in top:
        entries = " One entry a slug." if name in ENTRIES else ""
        yield f"{_Types(name, kinds).of(top).capitalize()}.{entries}\n"
        top = {}
    if top:
        yield from _kind(name, top, kinds)
    for kind, described in kinds.items():
        if "properties" in described:
            yield f"({name}-{kind.lower()})=\n### {kind}\n"
            yield from _kind(name, described, kinds)


def _kind(name: str, schema: Schema, kinds: Mapping[str, Schema]) -> Iterator[str]:
    types = _Types(name, kinds)
    yield f"{schema.get('description', '')}\n"
    yield "| key | value | default | meaning |\n|---|---|---|---|"
    for key, value in schema["properties"].items():
        default = "*required*" if key in schema.get("required", ()) else f"`{json.dumps(value.get('default'))}`"
        yield f"| `{key}` | {types.of(value)} | {default} | {_cell(value.get('description', ''))} |"
    yield ""


class _Types:
    """Says in words what a value may be.

    Args:
        name: of the file, which the targets of its kinds begin with.
        kinds: what `$ref` leads to.
    """

    def __init__(self, name: str, kinds: Mapping[str, Schema]) -> None:
        self._name = name
        self._kinds = kinds

    def of(self, schema: Schema) -> str:
        """The words for one value, as a cell of a table."""
        if kind := _target(schema):
            described = self._kinds[kind]
            return f"[{kind}](#{self._name}-{kind.lower()})" if "properties" in described else self.of(described)
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return " or ".join(self.of(each) for each in schema[several])
        if "enum" in schema or "const" in schema:
            return _words(schema.get("enum", [schema.get("const")]))
        return getattr(self, f"_{schema.get('type', 'anything')}")(schema)

    def _anything(self, _: Schema) -> str:
        return "anything"

    def _null(self, _: Schema) -> str:
        return "nothing"

    def _boolean(self, _: Schema) -> str:
        return "`true` or `false`"

    def _string(self, schema: Schema) -> str:
        if pattern := schema.get("pattern"):
            return "slug" if pattern == _SLUG else f"text of the form `{_cell(pattern)}`"
        return _FORMATS.get(schema.get("format", ""), "text")

    def _integer(self, schema: Schema) -> str:
        return f"whole number{_range(schema)}"

    def _number(self, schema: Schema) -> str:
        return f"number{_range(schema)}"

    def _array(self, schema: Schema) -> str:
        if "prefixItems" in schema:
            return f"list: {', '.join(self.of(each) for each in schema['prefixItems'])}"
        return f"{'set' if schema.get('uniqueItems') else 'list'} of {self.of(schema['items'])}{_amount(schema)}"

    def _object(self, schema: Schema) -> str:
        if "patternProperties" in schema:
            ((key, value),) = schema["patternProperties"].items()
            return f"{self._string({'pattern': key})}: {self.of(value)}"
        return f"text: {self.of(schema.get('additionalProperties', {}))}"


def _target(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    return f", {low} or more" if low is not None else f", at most {high}" if high is not None else ""


def _amount(schema: Schema) -> str:
    low, high = schema.get("minItems"), schema.get("maxItems")
    return (f", {low} or more" if low else "") + (f", {high} at most" if high else "")


def _words(values: Sequence[object]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def setup(app: Sphinx) -> None:
    """Makes Sphinx know the directive."""
    app.add_directive("catalogue", Catalogue)
