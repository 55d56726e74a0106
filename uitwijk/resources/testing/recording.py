"""A stand-in for Pulumi's resource monitor that remembers every registration with all its options."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc  # type: ignore[import-untyped]
import pulumi
from google.protobuf import empty_pb2, json_format, struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2

from uitwijk.observe.inventory import guest_info
from uitwijk.resources.testing.known_inputs import unknown_inputs

_SPECIAL = "4dabf18193072939515e22adb298388d"
"""Key that marks a value as more than plain in Pulumi's wire format; a secret's carries `_SECRET`."""
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_STACK = "pulumi:pulumi:Stack"
_PROVIDER = "pulumi:providers:"


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One registered resource."""

    type: str
    """For example `vsphere:index/virtualMachine:VirtualMachine`."""
    name: str
    """Logical name."""
    urn: str
    parents: tuple[str, ...]
    """URNs from the resource's parent up to, not including, the stack."""
    custom: bool
    """False for a component."""
    inputs: Mapping[str, Any]
    """As the provider sees them: camel-cased, numbers that are whole as integers, secrets unwrapped."""
    secrets: frozenset[str]
    """Paths of inputs that are secret, e.g. `extraConfig.guestinfo.userdata`."""
    protect: bool
    retain_on_delete: bool
    ignore_changes: tuple[str, ...]
    waits_for: frozenset[str]
    """URNs of all resources that must be there first, named in `depends_on` or used in an input."""
    provider: str | None
    """URN of the explicit provider."""

    @property
    def user_data(self) -> str:
        """What cloud-init is told on a virtual machine, as text."""
        return guest_info(self.inputs["extraConfig"], "guestinfo.userdata") or ""

    @property
    def meta_data(self) -> str:
        """What cloud-init is told of a virtual machine's own name and network, as text."""
        return guest_info(self.inputs["extraConfig"], "guestinfo.metadata") or ""


@dataclass(frozen=True)
class Recording:
    """What a program registered, in the order of registration."""

    registrations: tuple[Registration, ...]
    outputs: Mapping[str, Any]
    """The stack's exports."""
    faults: tuple[str, ...] = ()
    """What the engine or a provider would have refused."""

    def __getitem__(self, name: str) -> Registration:
        """The virtual machine with this logical name."""
        return self.machines[name]

    def __iter__(self) -> Iterator[Registration]:
        return iter(self.registrations)

    def of_type(self, kind: str) -> tuple[Registration, ...]:
        """Those whose type ends in `:kind`, e.g. `VirtualDisk`."""
        return tuple(registration for registration in self if registration.type.endswith(f":{kind}"))

    @property
    def machines(self) -> Mapping[str, Registration]:
        """The virtual machines by logical name."""
        return {machine.name: machine for machine in self.of_type("VirtualMachine")}

    @property
    def urns(self) -> tuple[str, ...]:
        """All URNs, sorted."""
        return tuple(sorted(registration.urn for registration in self))


class _NotFoundError(grpc.RpcError):  # type: ignore[misc]
    """A failed look-up, as it comes from the engine."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return str(self)


class _Answers(Mocks):
    """What a provider would answer: identifiers made of names."""

    def __init__(self, missing: Iterable[str]) -> None:
        self._missing = frozenset(missing)

    def call(self, args: MockCallArgs) -> dict[str, Any]:  # type: ignore[override]
        kind = args.token.rsplit(":", 1)[1]
        name = args.args.get("name") or args.args["path"]
        if name in self._missing:
            raise _NotFoundError(f"invocation of {args.token} returned an error: '{name}' not found")
        answer = {"id": f"{kind}:{name}", **args.args}
        if kind == "getComputeCluster":
            answer["resourcePoolId"] = f"pool:{name}"
        if kind == "getVirtualMachine":
            disk = {"label": "disk0", "size": 20, "thinProvisioned": True, "eagerlyScrub": False, "unitNumber": 0}
            answer |= {"guestId": "debian11_64Guest", "firmware": "bios", "scsiType": "pvscsi", "disks": [disk]}
        return answer

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        outputs = dict(args.inputs)
        if args.typ.endswith(":RandomPassword"):
            outputs["result"] = f"sentinel-{args.name}"
        return f"{args.name}:id", outputs


@dataclass
class _Log:
    registrations: list[Registration] = field(default_factory=list)
    finished: set[str] = field(default_factory=set)
    outputs: dict[str, Any] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)


class RecordingMonitor(MockMonitor):
    """Pulumi's mock monitor, with the engine's URNs and secret outputs, and a memory."""

    def __init__(self, missing: Iterable[str] = ()) -> None:
        super().__init__(_Answers(missing))
        self._lock = threading.Lock()
        self._log = _Log()

    def recording(self) -> Recording:
        """What has been registered so far."""
        log = self._log
        return Recording(tuple(log.registrations), dict(log.outputs), tuple(self._faults()))

    def RegisterResource(self, request: Any) -> Any:
        """Takes a registration as the engine would."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == _STACK:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        secrets: set[str] = set()
        inputs = _plain(json_format.MessageToDict(request.object), "", secrets)
        if request.type.startswith(_PROVIDER):
            inputs = {key: {"true": True, "false": False}.get(value, value) for key, value in inputs.items()}
        identifier, outputs = self.mocks.new_resource(MockResourceArgs(request.type, request.name, inputs))
        with self._lock:
            self._log.parents[urn] = request.parent
            self._log.registrations.append(
                Registration(
                    type=request.type,
                    name=request.name,
                    urn=urn,
                    parents=tuple(self._ancestors(urn)),
                    custom=request.custom,
                    inputs=inputs,
                    secrets=frozenset(secrets),
                    protect=request.protect,
                    retain_on_delete=request.retainOnDelete,
                    ignore_changes=tuple(request.ignoreChanges),
                    waits_for=frozenset(request.dependencies),
                    provider=_provider(request),
                )
            )
        for key in {*request.additionalSecretOutputs, *(path.split(".")[0] for path in secrets)} & set(outputs):
            outputs[key] = {_SPECIAL: _SECRET, "value": outputs[key]}
        return resource_pb2.RegisterResourceResponse(
            urn=urn,
            id=(identifier or "") if request.custom else "",
            object=json_format.ParseDict(outputs, struct_pb2.Struct()),
        )

    def RegisterResourceOutputs(self, request: Any) -> Any:
        """Notes that a component is finished, or what the stack exports."""
        with self._lock:
            self._log.finished.add(request.urn)
            if f"::{_STACK}::" in request.urn:
                self._log.outputs.update(_plain(json_format.MessageToDict(request.outputs), "", set()))
        return empty_pb2.Empty()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN as the engine makes it: types of all ancestors but the stack, then the name."""
        kind = parent.split("::")[2] if parent else _STACK
        qualified = type_ if kind == _STACK else f"{kind}${type_}"
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{qualified}::{name}"

    def _ancestors(self, urn: str) -> Iterator[str]:
        parent = self._log.parents.get(urn)
        while parent and f"::{_STACK}::" not in parent:
            yield parent
            parent = self._log.parents.get(parent)

    def _faults(self) -> Iterator[str]:
        log = self._log
        for urn, times in Counter(registration.urn for registration in log.registrations).items():
            if times > 1:
                yield f"{urn} is registered {times} times"
        for registration in log.registrations:
            if not registration.custom and registration.urn not in log.finished:
                yield f"{registration.urn} does not register its outputs"
            if registration.custom and not registration.type.startswith(_PROVIDER) and not registration.provider:
                yield f"{registration.urn} has no explicit provider"
            for path in unknown_inputs(registration.type, registration.inputs):
                yield f"{registration.urn}: its provider knows no input {path}"


def _provider(request: Any) -> str | None:
    """The explicit provider's URN: its reference ends in `::` and its identifier."""
    return request.provider.rsplit("::", 1)[0] if request.provider else None


def _plain(value: Any, path: str, secrets: set[str]) -> Any:
    """The value without Pulumi's wrappings; the paths of secrets are added to `secrets`."""
    if isinstance(value, dict):
        if value.get(_SPECIAL) == _SECRET:
            secrets.add(path)
            return _plain(value["value"], path, secrets)
        return {key: _plain(item, f"{path}.{key}" if path else key, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, f"{path}[{index}]", secrets) for index, item in enumerate(value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value
