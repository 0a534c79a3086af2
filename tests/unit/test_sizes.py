"""A file has one topic and a function one thought: a room that grows gets a wall."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
FILE_LINES = 400
FUNCTION_LINES = 45  # about 40, and a signature with many keywords is not a thought


def test_no_file_is_longer_than_a_topic() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in SOURCE.rglob("*.py")}
    assert {file: length for file, length in lengths.items() if length > FILE_LINES} == {}


def test_no_function_is_longer_than_a_thought() -> None:
    lengths = {
        f"{name(path)}:{node.lineno} {node.name}": code_lines(node)
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {function: length for function, length in lengths.items() if length > FUNCTION_LINES} == {}


def test_a_docstring_does_not_count_as_length() -> None:
    source = (
        'def one(\n    argument: int,\n) -> int:\n    """Say.\n\n    More.\n    """\n    return argument\n'
    )
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert code_lines(function) == 4


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, the docstring left out: a well-explained function is not a long one."""
    assert function.end_lineno is not None
    length = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None and first.end_lineno is not None:
        length -= first.end_lineno - first.lineno + 1
    return length


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))
