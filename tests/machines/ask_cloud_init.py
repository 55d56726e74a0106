"""Run by Debian's Python with Debian's cloud-init: says as JSON what cloud-init has against the folders it is given.

Each folder holds `guestinfo.userdata`, in the encoding that is the first argument, and `guestinfo.metadata`. The
network is written to `etc/netplan/50-cloud-init.yaml` in it, as a machine with netplan would have it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import yaml
from cloudinit.config.schema import SchemaValidationError, get_schema, validate_cloudconfig_schema
from cloudinit.net import netplan
from cloudinit.net.network_state import parse_net_config_data
from cloudinit.sources.DataSourceVMware import decode, load_json_or_yaml, process_metadata

ENCODING, *FOLDERS = sys.argv[1:]
SCHEMA = get_schema()
KNOWN = {key for name, part in SCHEMA["$defs"].items() if name.startswith("cc_") for key in part.get("properties", {})}
"""Keys of user data; cloud-init's schema of this version lets unknown ones pass, and cloud-init ignores them."""


def complaints(folder: Path) -> list[str]:
    """What is wrong with one machine's data."""
    packed = (folder / "guestinfo.userdata").read_text(encoding="utf-8")
    text = decode("userdata", ENCODING, packed)
    found = [] if text.startswith("#cloud-config\n") else ["the first line is not #cloud-config"]
    content = yaml.safe_load(text)
    try:
        # Strict: what is deprecated is refused as well.
        validate_cloudconfig_schema(content, SCHEMA, strict=True)
    except SchemaValidationError as refused:
        found.append(str(refused))
    found += [f"{key}: cloud-init knows no such key" for key in sorted(content.keys() - KNOWN)]
    told = process_metadata(load_json_or_yaml((folder / "guestinfo.metadata").read_text(encoding="utf-8")))
    network = "etc/netplan/50-cloud-init.yaml"
    renderer = netplan.Renderer({"netplan_path": network, "postcmds": False})
    renderer.render_network_state(parse_net_config_data(told["network"]["config"]), target=str(folder))
    # This version of cloud-init leaves it readable for all, of which netplan warns.
    (folder / network).chmod(0o600)
    return found


print(json.dumps({folder: complaints(Path(folder)) for folder in FOLDERS}))
