"""Writes the next situation into its file: comments and layout stay, and the file is never half written."""

from __future__ import annotations

import datetime
import io
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from uitwijk.continuity import load_situation
from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import ClosedBuilding, LogEntry, Situation
from uitwijk.files import alone, write_atomically


def write_situation(path: Path, read: bytes, after: Situation, region: Region) -> None:
    """Replaces the file at `path`, from which `read` was read, by one that says `after`.

    Raises:
        SituationError: the file has changed since, or would not say `after`; then it stays as it is.
        OSError: the folder cannot be written; then, too, the file stays as it is.
    """
    path = path.resolve()
    with alone(path.parent):
        if path.read_bytes() != read:
            raise SituationError(
                f"{path.name}: somebody else has changed it since it was read, so nothing was written; look at it "
                "(`uitwijk status`) and declare again"
            )
        text = edited(read.decode("utf-8"), after)
        write_atomically(path, text, verify=lambda draft: _verify(draft, path.name, after, region))


def edited(text: str, after: Situation) -> str:
    """`text`, a situation file, with the content of `after` and otherwise as it was."""
    yaml: Any = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.line_break = "\r\n" if "\r\n" in text else "\n"
    document = yaml.load(text)
    indent = _log_indent(document)
    yaml.indent(mapping=2, sequence=indent + 2, offset=indent)
    document["epoch"] = after.epoch
    _update(document, "sites", {site: str(state) for site, state in after.sites.items()})
    _update(document, "data", dict(after.data))
    _update(document, "closed_buildings", {name: _closed(closed) for name, closed in after.closed_buildings.items()})
    if tuple(document.get("override") or ()) != after.override:
        document["override"] = _flow(CommentedSeq(after.override))
    log = document.get("log")
    if not log:
        log = document["log"] = CommentedSeq()
    block = bool(log) and log[-1].fa.flow_style() is False
    log.append(_entry(yaml, after.log[-1], flow=not block))
    written = io.StringIO()
    _align_comments(document)
    yaml.dump(document, written)
    return written.getvalue()


def _update(document: CommentedMap, key: str, wanted: Mapping[str, Any]) -> None:
    """Touches only what differs, so that everything else stays as it was written."""
    stated = document.get(key)
    if stated is None:
        if not wanted:
            return
        stated = document[key] = _flow(CommentedMap())
    for name in [name for name in stated if name not in wanted]:
        del stated[name]
    if not stated:
        # An empty mapping can only be written on one line; ruamel.yaml would break the line behind its comment.
        _flow(stated)
    for name, value in wanted.items():
        if name not in stated or stated[name] != value:
            stated[name] = value


def _align_comments(document: CommentedMap) -> None:
    """Brings comments that a long line once pushed to the right back to the column of the others."""
    comments = [tokens[2] for tokens in document.ca.items.values() if tokens[2] is not None]
    columns = Counter(comment.start_mark.column for comment in comments).most_common(1)
    for comment in comments:
        if columns and columns[0][1] > len(comments) // 2:
            comment.start_mark.column = columns[0][0]


def _closed(closed: ClosedBuilding) -> CommentedMap:
    content = CommentedMap()
    if closed.staff_to:
        content["staff_to"] = _flow(CommentedMap(closed.staff_to))
    _flow(content)
    return content


def _flow(collection: Any) -> Any:
    collection.fa.set_flow_style()
    return collection


def _entry(yaml: Any, entry: LogEntry, *, flow: bool) -> CommentedMap:
    at = entry.at.astimezone(datetime.UTC)
    # Parsed from text, because that is how ruamel.yaml writes a time back in the same form.
    content: CommentedMap = yaml.load(f"{{epoch: {entry.epoch}, at: {at:%Y-%m-%dT%H:%M:%SZ}}}\n")
    for name in ("by", "change", "reason"):
        content[name] = DoubleQuotedScalarString(getattr(entry, name))
    if not flow:
        content.fa.set_block_style()
    return content


def _log_indent(document: CommentedMap) -> int:
    """By how many columns the log's entries are indented."""
    log = document.get("log")
    return max(0, log.lc.data[0][1] - 2) if log and log.lc.data else 2


def _verify(draft: Path, name: str, after: Situation, region: Region) -> None:
    try:
        same = load_situation(draft, region) == after
    except SituationError:
        same = False
    if not same:
        raise SituationError(
            f"{name}: is written in a way that cannot be edited safely, so nothing was written. Change it by hand: "
            f"epoch {after.epoch}, one log entry"
        )
