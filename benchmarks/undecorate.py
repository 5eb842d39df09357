"""Writes decorators as calls below their functions, as mutmut passes decorated functions over."""

import ast


def undecorated(source: str) -> str:
    """Return ``source`` with ``function = name(function)`` below each function that has ``@name`` above."""
    lines = source.splitlines()
    for statement in reversed(ast.parse(source).body):
        if isinstance(statement, ast.FunctionDef) and statement.decorator_list:
            name, first = statement.name, statement.decorator_list[0].lineno
            calls = [f"{name} = {ast.unparse(made)}({name})" for made in reversed(statement.decorator_list)]
            function = lines[statement.lineno - 1 : statement.end_lineno]
            lines[first - 1 : statement.end_lineno] = function + calls
    return "\n".join(lines) + "\n"
