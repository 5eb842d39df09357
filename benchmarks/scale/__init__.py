"""How thousands of stories are taken, in one process and on a cluster, and what a million a day need.

``rows.py`` measures batches, undisturbed and with processes killed midway; ``sizes.py`` and ``storing.py``
what a story weighs and how fast answers are stored. ``python -m benchmarks.scale`` runs them, and ``page.py``
makes docs/scale.md of the results and of those of ``benchmarks.speed``; ``day.py`` is the arithmetic.
"""
