"""The records that pass between the stages, one (and its parts) a file.

Nothing here imports anything else of this project outside this package.
"""
