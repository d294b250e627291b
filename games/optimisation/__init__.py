"""Track 4: from a gradient to a step, and what the landscape makes of it."""
