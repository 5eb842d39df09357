"""Measures whether an article can give orders to the model: ``python -m benchmarks.injections OUT``.

README.md says what is tried, and what counts as a success of an attack.
"""
