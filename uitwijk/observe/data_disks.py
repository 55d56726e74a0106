"""Reads when the data disks of a site's replicated datastores were last written, as its vCenter tells it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pyVmomi import vim

from uitwijk.observe.session import connected
from uitwijk.observe.tasks import wait_for

_SUFFIX, _CONTENT = ".vmdk", "-flat.vmdk"
"""A disk is a description and, beside it, its content; many vCenters show both as one."""


def read_data_disks(
    server: str,
    user: str,
    password: str,
    datastores: Collection[str],
    *,
    cafile: str | Path | None = None,
    timeout: float = 30,
) -> Mapping[str, Mapping[str, datetime.datetime]]:
    """When each disk was last written, by datastore and path, for those of `datastores` that the vCenter has.

    Args:
        server: host name or address, with the port if it is not 443.
        user: who may browse the datastores.
        password: of that user.
        datastores: their names.
        cafile: certificate authorities to trust (PEM); None: the system's, or what SSL_CERT_FILE names.
        timeout: seconds that a single request may take.

    Raises:
        VCenterError: as for `observe.session.connected`; also when a datastore cannot be browsed.
    """
    with connected(server, user, password, cafile=cafile, timeout=timeout) as vcenter:
        view = vcenter.content.viewManager.CreateContainerView(vcenter.content.rootFolder, [vim.Datastore], True)
        try:
            present = {datastore.name: datastore for datastore in view.view if datastore.name in datastores}
        finally:
            view.Destroy()
        return {name: disks_on(name, present[name]) for name in sorted(present)}


def disks_on(name: str, datastore: Any, *, answer_seconds: float = 60) -> dict[str, datetime.datetime]:
    """When each disk on a datastore was last written, by its path there.

    Args:
        name: of the datastore.
        datastore: the managed object, of an open session.
        answer_seconds: that looking through it may take.

    Raises:
        OSError, vmodl.MethodFault: it does not answer in time, or refuses.
    """
    return _newest(_files(name, datastore, answer_seconds))


def _files(name: str, datastore: Any, answer_seconds: float) -> Iterator[tuple[str, datetime.datetime]]:
    browser = vim.host.DatastoreBrowser
    details = browser.FileInfo.Details(fileType=True, fileSize=False, modification=True, fileOwner=False)
    wanted = browser.SearchSpec(details=details, matchPattern=[f"*{_SUFFIX}"])
    task = datastore.browser.SearchDatastoreSubFolders_Task(f"[{name}]", wanted)
    for folder in wait_for(task, seconds=answer_seconds):
        path = folder.folderPath.partition("]")[2].strip().rstrip("/")
        for file in folder.file or ():
            yield f"{path}/{file.path}".lstrip("/"), file.modification


def _newest(files: Iterator[tuple[str, datetime.datetime]]) -> dict[str, datetime.datetime]:
    """By path of each disk. Content without a description is none: no machine can attach it."""
    found = dict(files)
    contents = {path.removesuffix(_CONTENT) + _SUFFIX: path for path in found if path.endswith(_CONTENT)}
    disks = found.keys() - contents.values()
    return {disk: max(found[disk], found.get(contents.get(disk, disk), found[disk])) for disk in sorted(disks)}
