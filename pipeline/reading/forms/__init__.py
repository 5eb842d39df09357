"""The forms that articles come in: a module for each, and one line for each in ``table``.

A form makes the text that is kept, which all spans index, of the bytes of a file. Forms whose libraries are
large, or may be led astray by what they read, do so in a process of their own: ``apart``.
"""
