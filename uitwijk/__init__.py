"""Failover between sites as code: the model, the Pulumi resources, the operator's command and the drill."""
