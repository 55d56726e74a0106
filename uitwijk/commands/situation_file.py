"""Writes the next situation into its file: comments and layout stay, and the file is never half written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from uitwijk.continuity import load_situation
from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.reading import whole
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.continuity.strict_yaml import parse_yaml
from uitwijk.files import alone
from uitwijk.yaml_text import Word, YamlText, write_edited


def write_situation(path: Path, read: bytes, after: Situation, region: Region) -> None:
    """Replaces the file at `path`, from which `read` was read, by one that says `after`.

    Raises:
        UitwijkError: the file has changed since, or would not say `after`; then it stays as it is.
        OSError: the folder cannot be written; then, too, the file stays as it is.
    """
    path = path.resolve()
    with alone(path.parent):
        if whole(path) != read:
            raise SituationError(
                f"{path.name}: somebody else has changed it since it was read, so nothing was written; look at it "
                "(`uitwijk status`) and declare again"
            )
        write_edited(
            path,
            lambda: edited(read.decode("utf-8"), after),
            lambda draft: load_situation(draft, region) == after,
            f"Change it by hand: epoch {after.epoch}, one log entry",
        )


def edited(text: str, after: Situation) -> str:
    """`text`, a situation file, with the content of `after` and otherwise as it was."""
    stated = parse_yaml(text)
    file = YamlText(text)
    file.set(after.epoch, "epoch")
    _update(file, stated, "sites", {site: Word(state) for site, state in after.sites.items()})
    _update(file, stated, "data", {dataset: Word(site) for dataset, site in after.data.items()})
    closed = {
        name: {"staff_to": building.staff_to} if building.staff_to else {}
        for name, building in after.closed_buildings.items()
    }
    _update(file, stated, "closed_buildings", closed)
    if tuple(stated.get("override") or ()) != after.override:
        file.set([Word(row) for row in after.override], "override")
    entry = after.log[-1]
    words = {"epoch": entry.epoch, "at": entry.at, "by": entry.by, "change": entry.change, "reason": entry.reason}
    file.append(words, "log", on_one_line=True)
    return file.text


def _update(file: YamlText, stated: Mapping[str, Any], key: str, wanted: Mapping[str, object]) -> None:
    """Touches only what differs, so that everything else stays as it was written."""
    there = stated.get(key)
    if there is None:
        if wanted:
            file.set(wanted, key)
        return
    for name, value in wanted.items():
        if name not in there or there[name] != value:
            file.set(value, key, name)
    for name in there:
        if name not in wanted:
            file.remove(key, name)
