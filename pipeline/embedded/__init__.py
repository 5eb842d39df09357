"""The model that comes with the tool: which there are, how one is fetched, kept, and served on loopback."""
