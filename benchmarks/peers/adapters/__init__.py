"""One script per contender, run by the Python of that contender's own environment."""
