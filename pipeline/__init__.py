"""storycheck: checks what the outlets covering one story claim against each other.

The data flows one way: ingest, extract, retrieve, verify, reconcile, report.
A stage never imports another stage; ``run.py`` alone knows their order.
"""

__version__ = "0.1.0"
