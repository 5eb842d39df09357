"""How a run is scored by the gold of its story: what it found, flagged for nothing, and how sure it was.

``judge`` compares one report with one story's gold, ``summarise`` adds stories up, ``show`` tells it.
"""
