"""How quickly the pipeline works, and what it asks for, held against what would be ideal in the same run.

A model that takes its time cannot be measured against anything: here an OpenAI-compatible server in a process
of its own answers invented stories as a careful model would, at a latency that is known. ``parts.py`` says
what is measured, ``python -m benchmarks.speed`` measures it, and ``page.py`` makes docs/speed.md of the
results. desk.json is that of benchmarks/desk.py.
"""
