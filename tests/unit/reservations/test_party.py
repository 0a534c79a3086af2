import pytest

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.reservations.party import LONGEST_TEXT, MOST_PEOPLE, Customer, Party


def test_people_are_adults_and_children() -> None:
    assert Party(2, (0, 17)).people == 4
    assert Party(0, (16,)).people == 1


@pytest.mark.parametrize(
    ("adults", "ages", "field"),
    [
        (-1, (), "party.adults"),
        (MOST_PEOPLE + 1, (), "party.adults"),
        (1, (18,), "party.child_ages"),
        (1, (-1,), "party.child_ages"),
        (1, (3,) * (MOST_PEOPLE + 1), "party.child_ages"),
        (0, (), "party"),
    ],
)
def test_a_party_of_nobody_or_of_a_crowd_is_refused(adults: int, ages: tuple[int, ...], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Party(adults, ages)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "customer.name"),
        ({"name": "x" * (LONGEST_TEXT + 1)}, "customer.name"),
        ({"name": "Bob\r\nBcc: everybody@example.com"}, "customer.name"),
        ({"name": "Bob", "email": "bob@example.com\n"}, "customer.email"),
        ({"name": "Bob", "phone": "\0"}, "customer.phone"),
        ({"name": "Bob", "phone": "1" * (LONGEST_TEXT + 1)}, "customer.phone"),
    ],
)
def test_names_and_addresses_that_could_forge_a_header_are_refused(facts: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Customer(**facts)
    assert refused.value.field == field


def test_customers_are_told_apart_by_mail_else_telephone_else_name() -> None:
    assert Customer(name="Bob", email=" Bob@Example.com ", phone="1").key == "bob@example.com"
    assert Customer(name="Bob", phone="+49 1").key == "+49 1"
    assert Customer(name="Bob").key == "bob"
