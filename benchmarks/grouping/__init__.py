"""Measures how articles are put together into stories, and how that grows."""
