"""Writes docs/reliability.md from what was injected, killed, fuzzed and mutated, and what became of it."""
