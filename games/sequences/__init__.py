"""Track 7: one sequence in, another out."""
