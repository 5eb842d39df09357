"""Facts changed by rule: in one sentence, in a pair of sentences, and in one article of a story."""
