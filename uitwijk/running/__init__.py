"""Runs pulumi and other programs: where the project is, the tool chain, child processes, one engine a stack."""
