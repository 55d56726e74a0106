"""Changes that people may make to a catalogue, as hypothesis draws them: some make it wrong, all must be judged."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from uitwijk.continuity.recipe import Serves, shipped_recipes

Files = dict[str, Any]
"""The content of each file of a catalogue, by its path without `.yaml`."""
Change = Callable[[st.DrawFn, Files], None]


def read(catalogue: Path) -> Files:
    """Every file of a catalogue."""
    files = (file for file in sorted(catalogue.rglob("*.yaml")) if "schema" not in file.parts)
    return {str(f.relative_to(catalogue).with_suffix("")): yaml.safe_load(f.read_text("utf-8")) for f in files}


def write(files: Files, catalogue: Path) -> None:
    """Writes them as a catalogue."""
    for name, content in files.items():
        file = catalogue / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True), encoding="utf-8"
        )


@st.composite
def changed(draw: st.DrawFn, original: Files) -> Files:
    """The catalogue after one to three changes."""
    files = copy.deepcopy(original)
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3)):
        change(draw, files)
    return files


def _organisations(files: Files) -> list[dict[str, Any]]:
    return [content for name, content in files.items() if name.startswith(("municipalities/", "partnerships/"))]


def _role(draw: st.DrawFn, files: Files) -> tuple[str, str]:
    roles = [(service, role) for service, known in files["services"].items() for role in known["roles"]]
    return draw(st.sampled_from(roles))


def _renamed(content: Any, old: str, new: str) -> Any:
    """The content with a name replaced wherever it stands, also before a slash."""
    if isinstance(content, dict):
        return {_renamed(key, old, new): _renamed(value, old, new) for key, value in content.items()}
    if isinstance(content, list):
        return [_renamed(item, old, new) for item in content]
    if isinstance(content, str) and content.split("/")[0] == old:
        return new + content.removeprefix(old)
    return content


def _rename(files: Files, old: str, parts: Iterator[str]) -> None:
    for part in parts:
        files[part] = _renamed(files[part], old, f"{old}-x")


def _service_renamed(draw: st.DrawFn, files: Files) -> None:
    service = draw(st.sampled_from(sorted(files["services"])))
    new = f"{service}-x"
    files["services"] = {new if name == service else name: known for name, known in files["services"].items()}
    for known in files["services"].values():
        known["depends_on"] = [new if name == service else name for name in known.get("depends_on", [])]
    for process in files["processes"].values():
        process["services"] = [new if name == service else name for name in process["services"]]
    for who in _organisations(files):
        for key in {"without", "uses", "runs", "sizes"} & who.keys():
            who[key] = _renamed(who[key], service, new)


def _network_renamed(draw: st.DrawFn, files: Files) -> None:
    network = draw(st.sampled_from(sorted(files["region"]["networks"])))
    files["region"]["networks"] = _renamed(files["region"]["networks"], network, f"{network}-x")
    for known in files["services"].values():
        for role in known["roles"].values():
            role["network"] = _renamed(role["network"], network, f"{network}-x")


def _station_renamed(draw: st.DrawFn, files: Files) -> None:
    stations = sorted({station for known in files["buildings"].values() for station in known.get("stations", ())})
    station = draw(st.sampled_from(stations))
    _rename(files, station, iter(("buildings", "processes", "services", "manual-steps")))


def _role_changed(draw: st.DrawFn, files: Files) -> None:
    service, role = _role(draw, files)
    known = files["services"][service]["roles"][role]
    what = draw(st.sampled_from(["count", "size", "network", "recipe", "port", "packages"]))
    known[what] = draw(
        {
            "count": st.integers(1, 3),
            "size": st.sampled_from(sorted(files["region"]["sizes"])),
            "network": st.sampled_from(sorted(files["region"]["networks"])),
            "recipe": st.sampled_from(sorted(shipped_recipes())),
            "port": st.sampled_from([known["port"], 2000, 53]),
            "packages": st.sampled_from([[], ["sl"], ["knot"], ["cups-client", "postgresql"]]),
        }[what]
    )


def _disks_changed(draw: st.DrawFn, files: Files) -> None:
    service, role = _role(draw, files)
    disks = draw(
        st.dictionaries(st.sampled_from(["data", "more", "a-rather-long-name"]), st.integers(1, 50), max_size=2)
    )
    files["services"][service]["roles"][role]["disks"] = disks


def _order_changed(draw: st.DrawFn, files: Files) -> None:
    service, role = _role(draw, files)
    others = sorted(files["services"][service]["roles"].keys() - {role})
    after = draw(st.sets(st.sampled_from(others))) if others else set()
    files["services"][service]["roles"][role]["after"] = sorted(after)


def _service_removed(draw: st.DrawFn, files: Files) -> None:
    service = draw(st.sampled_from(sorted(files["services"])))
    del files["services"][service]
    for known in files["services"].values():
        known["depends_on"] = [name for name in known.get("depends_on", []) if name != service]
    for name, process in list(files["processes"].items()):
        if service in process["services"]:
            del files["processes"][name]
    if "manual-steps" in files:
        steps = files["manual-steps"]
        files["manual-steps"] = [step for step in steps if step.get("process") in (None, *files["processes"])]
    for who in _organisations(files):
        for key in {"without", "runs"} & who.keys():
            who[key] = [name for name in who[key] if name != service]
        for key in {"uses", "sizes"} & who.keys():
            who[key] = {name: value for name, value in who[key].items() if name.split("/")[0] != service}


def _service_added(draw: st.DrawFn, files: Files) -> None:
    """A copy of one that is there, at addresses of its own: a second set of border controllers, a second exchange, …"""
    service = draw(st.sampled_from(sorted(files["services"])))
    new = copy.deepcopy(files["services"][service])
    for role in new["roles"].values():
        role["address"] = min(role["address"] + 120, 250)
    files["services"][f"{service}-two"] = new
    for known in files["services"].values():
        if service in known.get("depends_on", []) and draw(st.booleans()):
            known["depends_on"] = [*known["depends_on"], f"{service}-two"]


def _service_changed(draw: st.DrawFn, files: Files) -> None:
    known = files["services"][draw(st.sampled_from(sorted(files["services"])))]
    what = draw(st.sampled_from(["standby", "tenancy", "serves", "kind", "depends_on"]))
    known[what] = draw(
        {
            "standby": st.sampled_from(["hot", "cold"]),
            "tenancy": st.sampled_from(["shared", "dedicated"]),
            "serves": st.lists(st.sampled_from([what.value for what in Serves]), max_size=2, unique=True),
            "kind": st.sampled_from(["application", "workplaces", "telephony"]),
            "depends_on": st.lists(st.sampled_from(sorted(files["services"])), max_size=3, unique=True),
        }[what]
    )


def _organisation_changed(draw: st.DrawFn, files: Files) -> None:
    who = draw(st.sampled_from(_organisations(files)))
    service = draw(st.sampled_from(sorted(files["services"])))
    partnerships = sorted(name.split("/")[1] for name in files if name.startswith("partnerships/"))
    what = draw(st.sampled_from(["without", "runs", "uses"]))
    if what == "uses" and "home" in who:
        who["uses"] = {**who.get("uses", {}), service: draw(st.sampled_from(partnerships))}
    elif what != "runs" or "members" in who:
        who[what] = sorted({*who.get(what, []), service})


def _network_opened(draw: st.DrawFn, files: Files) -> None:
    network = draw(st.sampled_from(sorted(files["region"]["networks"])))
    files["region"]["networks"][network]["public"] = draw(st.booleans())


CHANGES: tuple[Change, ...] = (
    _service_renamed,
    _network_renamed,
    _station_renamed,
    _role_changed,
    _role_changed,
    _disks_changed,
    _order_changed,
    _service_removed,
    _service_added,
    _service_changed,
    _organisation_changed,
    _network_opened,
)
