"""Track 15: prove it."""
