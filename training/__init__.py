"""Trains the small verifier that screens pairs of claim and evidence: see training/README.md."""
