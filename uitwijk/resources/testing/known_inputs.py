"""Whether a provider's Python package knows the inputs of a resource; Pulumi's mocks accept any."""

from __future__ import annotations

import importlib
import inspect
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pulumi import _types


def unknown_inputs(kind: str, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Paths of the inputs, nested ones included, that the package of the resource's type does not declare.

    Args:
        kind: the resource's type, e.g. `vsphere:index/folder:Folder`; components' own types are not judged.
        inputs: camel-cased, as they are sent.
    """
    arguments = _arguments(kind)
    if arguments is not None:
        yield from _unknown(inputs, arguments, "")


@cache
def _arguments(kind: str) -> type | None:
    """The class of the arguments, which the package declares beside the resource's."""
    package, _, name = kind.split(":")
    if kind.startswith("pulumi:providers:"):
        package, name = name, "Provider"
    try:
        module = importlib.import_module(f"pulumi_{package}")
    except ModuleNotFoundError:
        return None
    resource = getattr(module, name)
    return getattr(inspect.getmodule(resource), f"{name}Args", None)


def _unknown(value: Any, declared: Any, path: str) -> Iterator[str]:
    declared = _types.unwrap_type(declared)
    if isinstance(value, Mapping) and _types.is_input_type(declared):
        known = _types.input_type_types(declared)
        for key, item in value.items():
            place = f"{path}.{key}" if path else key
            if key not in known:
                yield place
            else:
                yield from _unknown(item, known[key], place)
    elif isinstance(value, list) and (items := typing.get_args(declared)):
        for index, item in enumerate(value):
            yield from _unknown(item, items[0], f"{path}[{index}]")
