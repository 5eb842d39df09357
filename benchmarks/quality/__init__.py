"""Writes docs/quality.md from the results in benchmarks/results/, without any model."""
