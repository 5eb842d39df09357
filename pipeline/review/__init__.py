"""The local server of ``storycheck review``: the same page, whose decisions are kept beside the run."""
