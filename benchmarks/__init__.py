"""Measurements: what the tool finds, misses and flags for nothing. Never timed tests."""
