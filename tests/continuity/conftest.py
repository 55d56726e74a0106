"""The region that these tests are about."""

from __future__ import annotations

from tests.delivered import catalogue, region  # noqa: F401
