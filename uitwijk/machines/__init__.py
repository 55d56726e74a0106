"""What a machine is told: names and addresses, cloud-init, and the jobs of each kind. Pure: it knows no Pulumi."""
