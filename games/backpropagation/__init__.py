"""Track 3: how the gradient is found, and what training costs."""
