"""Measures the built site against its budgets, beside what else one could use. See `--help`."""
