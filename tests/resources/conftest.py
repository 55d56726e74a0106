"""What tests of resources record: the delivered region."""

from __future__ import annotations

from tests.delivered import catalogue, recorded, region  # noqa: F401
