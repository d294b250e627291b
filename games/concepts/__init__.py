"""Concepts that games share: plain data classes, and functions from them to nodes."""
