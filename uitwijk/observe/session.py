"""A session at one vCenter, through VMware's own client library."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim, vmodl

from uitwijk.continuity.errors import UitwijkError


class VCenterError(UitwijkError):
    """A vCenter that cannot be read."""


@dataclass(frozen=True)
class Session:
    """An open session."""

    content: Any
    """The service's content: the root of all that can be asked."""
    host: str
    port: int
    context: ssl.SSLContext
    """Judges certificates."""


@contextmanager
def connected(
    server: str, user: str, password: str, *, cafile: str | Path | None = None, timeout: float = 30
) -> Iterator[Session]:
    """Logs in to the vCenter `server` (host or host:port), and out again.

    Args:
        server: host name or address, with the port if it is not 443.
        user: who may read.
        password: of that user.
        cafile: certificate authorities to trust (PEM); None: the system's, or what SSL_CERT_FILE names.
        timeout: seconds that a single request may take.

    Raises:
        VCenterError: the vCenter does not answer, refuses the login, or shows a certificate that is not trusted; also
            for what goes wrong while the session is used.
    """
    host, _, port = server.partition(":")
    try:
        context = ssl.create_default_context(cafile=None if cafile is None else str(cafile))
        connection = SmartConnect(
            host=host, port=int(port or 443), user=user, pwd=password, sslContext=context, httpConnectionTimeout=timeout
        )
        try:
            yield Session(connection.RetrieveContent(), host, int(port or 443), context)
        finally:
            Disconnect(connection)
    except vim.fault.InvalidLogin as error:
        raise VCenterError(
            f"vCenter {server}: refuses the login of {user}; check vcenter.user and vcenterPassword"
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise VCenterError(
            f"vCenter {server}: its certificate is not trusted ({error.verify_message}); "
            "name its certificate authority in SSL_CERT_FILE"
        ) from error
    except (OSError, http.client.HTTPException, vmodl.MethodFault) as error:
        raise VCenterError(f"vCenter {server}: does not answer as a vCenter should: {_words(error)}") from error


def _words(error: BaseException) -> str:
    text = getattr(error, "msg", None) or getattr(error, "strerror", None) or str(error)
    return " ".join(str(text).split()) or type(error).__name__
