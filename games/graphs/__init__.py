"""Track 11: nodes that hear from their neighbours."""
