"""What evidence does to a claim, by a model's odds and a fitted map; and the embedder that pairs claims."""
