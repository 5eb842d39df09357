"""How two values stand to each other."""

from enum import StrEnum


class Comparison(StrEnum):
    """The outcome of comparing two values.

    ``same`` means that one true value can satisfy both as written, ``differ`` that none can.
    ``incomparable`` is the answer whenever code cannot tell, and never makes a conflict.
    """

    same = "same"
    differ = "differ"
    incomparable = "incomparable"
