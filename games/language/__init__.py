"""Track 8: language models, from the inside."""
