import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from booking_adapters.businesses.positions import Path as FieldPath
from booking_adapters.businesses.positions import line_numbers

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))

# Every number in this file is the line on which it stands.
TRICKY = '''a = 1
b.c."d e".f = 2 # a comment with "quotes", [brackets] and = signs

[table]
'single' = 5
text = """
six # no comment = 6
[seven]
eight \\""" still = "text" """""
after = 10
literal = \'\'\'
C:\\no\\escape\\\'\'\'
more = 13

  [[list]] # first
  x = 16
  [list.inner]
  y = [ 18,
    19, # nineteen
    [20, 20,
     21], { k = 21,  l = "]", m.n = 21 },
  ]
[[list]]
x = 24
[[list.deeper]]
z = 26
[[list.deeper]]
z = 28
when = 1979-05-27 07:32:00
then = [1979-05-27 07:32:00Z, 30]
[table."sub table"]
"quoted \\" key" = 32
escape = "\\\\"
last = 34'''


def numbers(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, int]]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from numbers(inner, (*path, name))
        case list():
            for position, inner in enumerate(value):
                yield from numbers(inner, (*path, position))
        case int():
            yield path, value


def test_every_value_is_found_on_its_line() -> None:
    document = tomllib.loads(TRICKY)
    lines = line_numbers(TRICKY)
    expected = dict(numbers(document))
    assert len(expected) > 15
    assert {path: lines[path] for path in expected} == expected


def test_tables_are_found_where_their_header_stands() -> None:
    lines = line_numbers(TRICKY)
    assert [lines[path] for path in [("table",), ("list", 0), ("list", 1), ("list", 1, "deeper", 1)]] == [
        4,
        15,
        23,
        27,
    ]
    assert lines["table", "sub table"] == 31


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: str(file.name))
def test_every_field_of_the_examples_is_found_on_a_line_with_its_name(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    written = text.splitlines()
    for path, line in line_numbers(text).items():
        if path and isinstance(path[-1], str):
            assert path[-1] in written[line - 1], path
