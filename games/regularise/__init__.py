"""Track 5: what keeps a network from learning its data by heart."""
