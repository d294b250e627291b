"""Presentation: pure functions from data to nodes. No browser, no time, no globals, no game."""
