"""Every decision has a number of its own."""

from collections import Counter
from pathlib import Path

RECORDS = sorted(Path(__file__).parents[2].glob("docs/decisions/[0-9]*.md"))


def test_no_two_decisions_have_one_number() -> None:
    assert RECORDS
    numbers = Counter(record.name[:4] for record in RECORDS)
    assert not [number for number, count in numbers.items() if count > 1]


def test_a_decision_is_headed_by_the_number_of_its_file() -> None:
    for record in RECORDS:
        assert record.read_text().startswith(f"# {int(record.name[:4])}. "), record.name
