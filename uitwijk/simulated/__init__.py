"""Simulated sites: one vCenter simulator a site, and a Pulumi project that is configured for them."""
