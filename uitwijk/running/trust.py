"""Which certificate authorities this process trusts when it asks a vCenter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_VARIABLE = "SSL_CERT_FILE"


@contextmanager
def trusting(authorities: str | None) -> Iterator[None]:
    """Lets this process trust the certificate authorities in a file; OpenSSL takes it from the environment."""
    before = os.environ.get(_VARIABLE)
    if authorities is not None:
        os.environ[_VARIABLE] = authorities
    try:
        yield
    finally:
        os.environ.pop(_VARIABLE, None)
        if before is not None:
            os.environ[_VARIABLE] = before
