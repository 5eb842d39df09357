"""Runs storycheck beside the packages on PyPI that come closest to it: python -m benchmarks.peers STORY OUT.

Every contender gets the same story, the same model at the same endpoint, and the same time, one after the
other. None of them is a dependency: each lives in a virtual environment of its own and is driven by a script
under ``adapters/`` that runs there and writes what it flags as lines of JSON. What it asks goes through a
proxy that counts calls and tokens alike for all. How a flag is found right or wrong is written in
``score.py``.

Nothing but the standard library is imported here: the contenders' environments import this package too.
"""
