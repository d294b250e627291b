"""Track 9: networks that make new things, and how they are taught."""
