"""A municipality at one site."""

from __future__ import annotations

from components.organisation import Organisation


class Municipality(Organisation):
    """A municipality's workplaces, telephony and applications.

    At its home site on a normal day all of it runs. At the other site only what is hot does, its telephony before all;
    the rest is absent until a failover, which creates it from the same description.
    """
