"""The small verifier: a cross-encoder that says what a sentence does to a claim, in milliseconds a pair."""
