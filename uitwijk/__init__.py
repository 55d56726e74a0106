"""The operator's command: declare, status, check, rehearse, drill, report."""
