from datetime import date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.money import CurrencyMismatch, Money
from booking_core.domain.pricing import Base, Fixed, Levy, Line, LineKind, Per, Percent, price
from booking_core.domain.reservations.bill import bill_of
from booking_core.domain.reservations.cancellation import FirstNight
from booking_core.domain.reservations.deposit import Deposit, deposit_due
from booking_core.domain.reservations.entries import KIND_OF_LINE, Account, EntryKind, Part
from booking_core.domain.reservations.extra import Extra
from booking_core.domain.reservations.folio import (
    MOST_ENTRIES,
    AlreadyPosted,
    Folio,
    FolioFrozen,
    NotCheckedIn,
)
from booking_core.domain.reservations.reservation import Status
from tests.unit.folio.builders import (
    BOOKED_AT,
    CHECK_IN,
    RESERVATION,
    folio,
    intent,
    payment,
    quote,
    reservation,
    usd,
)
from tests.unit.pricing.builders import percent, room_tariffs, stays

VAT = Levy.tax("vat", Percent(percent("8.875"), Base.AFTER_DISCOUNT))
MINIBAR = Extra(code="minibar", text="Minibar", price=usd("12.50"))


def paid(account: Folio, amount: str, number: int = 1) -> Folio:
    return account.receive(usd(amount), payment=payment(number), intent=intent(number), at=BOOKED_AT).state


def refunded(account: Folio, amount: str, number: int, by: int = 1) -> Folio:
    return account.give_back(usd(amount), payment=payment(by), intent=intent(number), at=BOOKED_AT).state


def in_balance(account: Folio) -> bool:
    return not account.balance + Money.total((posting.amount for posting in account.ledger), account.currency)


def penalty(amount: str) -> Line:
    return Line(kind=LineKind.PENALTY, code="cancelled", source="100 % of the price", amount=usd(amount))


def test_a_booking_is_charged_with_its_quote_and_settled_by_its_payment() -> None:
    account = folio()
    assert (account.charges, account.balance) == (usd("664.14"), usd("664.14"))

    account = paid(account, "664.14")
    assert (account.balance, account.received) == (usd("0"), usd("664.14"))
    assert in_balance(account)
    assert account.version == 2


def test_an_extended_stay_adds_what_the_new_night_costs_and_leaves_the_old_lines() -> None:
    change = folio().agree(quote(15, 19).lines, BOOKED_AT)

    added = change.state.entries[len(folio().entries) :]
    assert change.state.balance - folio().balance == usd("207.78")
    assert {entry.night for entry in added} == {date(2024, 3, 18)}
    assert sorted(entry.amount.to_decimal() for entry in added) == ["-18.90", "15.00", "189.00", "22.68"]
    assert change.state.entries[: len(folio().entries)] == folio().entries
    assert change.events[0].data["amount_minor"] == 20778


def test_extended_and_shortened_again_costs_what_it_did() -> None:
    account = folio().agree(quote(15, 19).lines, BOOKED_AT).state.agree(quote().lines, BOOKED_AT).state

    assert account.balance == usd("664.14")
    assert bill_of(account).items == bill_of(folio()).items


def test_the_same_price_again_adds_nothing() -> None:
    assert folio().agree(quote().lines, BOOKED_AT).state.entries == folio().entries


def test_a_cancelled_booking_owes_its_penalty_and_no_more() -> None:
    account = paid(folio(), "664.14").agree([penalty("200")], BOOKED_AT).state
    assert account.balance == usd("-464.14")

    account = refunded(account, "464.14", 2)
    assert (account.balance, account.paid_by(payment())) == (usd("0"), usd("200"))
    assert [item.kind for item in bill_of(account).items] == [
        EntryKind.PENALTY,
        EntryKind.PAYMENT,
        EntryKind.REFUND,
    ]


def test_who_was_let_off_something_is_let_off_no_more_than_there_is() -> None:
    """A courtesy of 50 dollars, and then the whole stay is called off, for 30 or for nothing."""
    account = refunded(paid(folio(), "664.14").allow(usd("50"), "the lift", BOOKED_AT).state, "50", 2)
    assert account.charges == usd("614.14")
    some = account.agree([penalty("30")], BOOKED_AT).state
    assert (some.charges, some.balance) == (usd("0"), usd("-614.14"))
    none = account.agree([], BOOKED_AT).state
    assert (none.charges, refunded(none, "614.14", 3).balance) == (usd("0"), usd("0"))
    assert in_balance(none)


def test_an_extra_that_the_guest_was_let_off_can_be_taken_back() -> None:
    charged = folio().agree([], BOOKED_AT).state.charge(MINIBAR, reservation(), CHECK_IN).state
    group = charged.entries[-1].group
    free = charged.allow(usd("12.50"), "a gift", CHECK_IN).state
    back = free.reverse(group, "never opened", CHECK_IN).state
    assert (free.charges, back.charges, back.balance) == (usd("0"), usd("0"), usd("0"))


def test_an_unpaid_booking_that_is_cancelled_shows_no_negative_refund() -> None:
    account = folio().agree([], BOOKED_AT).state

    assert (account.balance, account.refunded, account.received) == (usd("0"), usd("0"), usd("0"))
    assert bill_of(account).items == ()


def test_the_minibar_is_charged_to_a_guest_in_the_house() -> None:
    account = paid(folio(), "664.14").charge(MINIBAR, reservation(), CHECK_IN).state
    assert account.balance == usd("12.50")

    with_tax = folio().charge(attrs.evolve(MINIBAR, quantity=2, levies=(VAT,)), reservation(), CHECK_IN).state
    assert with_tax.charges - folio().charges == usd("27.22")


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.CHECKED_IN])
def test_nobody_else_is_charged(status: Status) -> None:
    with pytest.raises(NotCheckedIn) as refused:
        folio().charge(MINIBAR, reservation(status), CHECK_IN)
    assert refused.value.details["status"] == status


def test_a_mistaken_charge_is_taken_back_with_its_taxes_once() -> None:
    charged = folio().charge(attrs.evolve(MINIBAR, levies=(VAT,)), reservation(), CHECK_IN).state
    group = charged.entries[-1].group

    back = charged.reverse(group, "never opened", CHECK_IN).state
    assert back.balance == folio().balance
    assert in_balance(back)
    assert bill_of(back).items == bill_of(folio()).items
    for wrong in (group, 1, 9_999):
        with pytest.raises(InvalidInput, match="group"):
            back.reverse(wrong, "again", CHECK_IN)


def test_an_included_tax_adds_nothing_and_is_split_off_in_the_ledger() -> None:
    included = Levy.tax("vat", Percent(percent("25"), Base.AFTER_DISCOUNT), included=True)
    extra = Extra(code="spa", text="Spa", price=usd("100"), levies=(included,))
    empty = Folio(reservation=RESERVATION, currency="USD")
    account = empty.charge(extra, reservation(), CHECK_IN).state

    assert account.balance == usd("100")
    assert bill_of(account).included == usd("20")
    by_account = {
        name: Money.total((p.amount for p in account.ledger if p.account is name), "USD") for name in Account
    }
    assert (by_account[Account.REVENUE], by_account[Account.TAXES]) == (usd("-80"), usd("-20"))
    assert in_balance(account)


def test_the_final_bill_is_itemised() -> None:
    account = paid(folio(), "664.14").charge(MINIBAR, reservation(), CHECK_IN).state
    bill = bill_of(paid(account, "12.50", 2))

    assert [(item.code, item.nights, str(item.amount)) for item in bill.items] == [
        ("rate", 3, "607.00 USD"),
        ("AAA", 3, "-60.70 USD"),
        ("resort-fee", 3, "45.00 USD"),
        ("occupancy-tax", 3, "72.84 USD"),
        ("minibar", 0, "12.50 USD"),
        ("payment", 0, "-664.14 USD"),
        ("payment", 0, "-12.50 USD"),
    ]
    assert (bill.charges, bill.received, bill.refunded) == (usd("676.64"), usd("676.64"), usd("0"))
    assert bill.balance == usd("0")


def test_a_deposit_is_received_ahead() -> None:
    change = folio().receive(usd("200"), payment=payment(), intent=intent(), at=BOOKED_AT, is_deposit=True)
    account = paid(change.state, "464.14", 2)

    assert (account.deposits, account.balance) == (usd("200"), usd("0"))
    assert change.events[0].name == "PaymentReceived"


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        (percent("30"), "199.24"),
        (usd("50"), "50"),
        (usd("9999"), "664.14"),
        (FirstNight(), "207.78"),
    ],
)
def test_what_is_due_as_a_deposit(terms: Deposit, due: str) -> None:
    assert deposit_due(quote(), terms) == usd(due)


@pytest.mark.parametrize("terms", [percent("101"), usd("-1")])
def test_a_deposit_is_a_part_of_the_price(terms: Deposit) -> None:
    with pytest.raises(InvalidInput, match="deposit"):
        deposit_due(quote(), terms)


def test_a_frozen_folio_takes_money_and_no_charges_until_it_is_reopened() -> None:
    frozen = folio().freeze(BOOKED_AT).state
    assert paid(frozen, "664.14").balance == usd("0")

    with pytest.raises(FolioFrozen):
        frozen.charge(MINIBAR, reservation(), CHECK_IN)
    with pytest.raises(FolioFrozen):
        frozen.agree([], CHECK_IN)
    with pytest.raises(FolioFrozen):
        frozen.reverse(1, "no", CHECK_IN)
    with pytest.raises(FolioFrozen):
        frozen.freeze(CHECK_IN)
    assert frozen.reopen(CHECK_IN).state.charge(MINIBAR, reservation(), CHECK_IN).state.version == 4


def test_a_movement_of_money_is_posted_once_and_refunds_go_where_it_was_paid() -> None:
    account = paid(folio(), "100")
    with pytest.raises(AlreadyPosted):
        paid(account, "100")
    with pytest.raises(InvalidInput, match="amount"):
        refunded(account, "100.01", 2)
    with pytest.raises(InvalidInput, match="amount"):
        refunded(account, "1", 2, by=9)
    for nothing in ("0", "-1"):
        with pytest.raises(InvalidInput, match="amount"):
            paid(account, nothing, 2)


def test_a_folio_has_one_currency_and_an_end() -> None:
    with pytest.raises(CurrencyMismatch):
        folio().agree([attrs.evolve(penalty("1"), amount=Money(1, "EUR"))], BOOKED_AT)
    with pytest.raises(CurrencyMismatch):
        attrs.evolve(folio(), currency="EUR")
    with pytest.raises(InvalidInput, match="entries"):
        attrs.evolve(folio(), entries=folio().entries * (MOST_ENTRIES // len(folio().entries) + 1))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("text", "x" * 201),
        ("text", "two\nlines"),
        ("price", usd("0")),
        ("price", usd("-1")),
        ("quantity", 0),
        ("quantity", 1_001),
        ("quantity", True),
        ("levies", (Levy.fee("night", Fixed(usd("1"), Per.NIGHT)),)),
        ("levies", (Levy.fee("person", Fixed(usd("1"), Per.PERSON)),)),
    ],
)
def test_an_extra_that_makes_no_sense_is_refused_naming_the_field(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        attrs.evolve(MINIBAR, **{field: value})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_fixed_levies_of_an_extra_are_per_charge_or_per_piece() -> None:
    tray = Levy.fee("tray", Fixed(usd("2"), Per.BOOKING))
    bottle = Levy.fee("bottle", Fixed(usd("0.25"), Per.UNIT))
    extra = Extra(code="water", text="Water", price=usd("3"), quantity=4, levies=(tray, bottle))

    assert [str(line.amount) for line in extra.levy_lines(CHECK_IN)] == ["2.00 USD", "1.00 USD"]


def test_every_line_of_a_quote_has_its_place_on_the_bill() -> None:
    assert set(KIND_OF_LINE) == set(LineKind)


MOVES = st.one_of(
    st.tuples(st.just("agree"), st.integers(15, 18), st.integers(1, 3)),
    st.tuples(st.just("charge"), st.integers(1, 99_999), st.integers(1, 9)),
    st.tuples(st.just("receive"), st.integers(1, 99_999), st.integers(1, 4)),
    st.tuples(st.just("give_back"), st.integers(1, 99_999), st.integers(1, 4)),
    st.tuples(st.just("reverse"), st.integers(1, 40), st.none()),
    st.tuples(st.just("freeze"), st.none(), st.none()),
    st.tuples(st.just("reopen"), st.none(), st.none()),
)


def moved(account: Folio, name: str, number: int, other: int, at: datetime) -> Change[Folio, Folio]:
    key = intent(len(account.entries))
    if name == "charge":
        extra = Extra(code="bar", text="Bar", price=Money(number, "USD"), quantity=other, levies=(VAT,))
        return account.charge(extra, reservation(), at)
    if name == "agree":
        return account.agree(quote(number, number + other).lines if number < 17 else [], at)
    if name in {"receive", "give_back"}:
        post = account.receive if name == "receive" else account.give_back
        return post(Money(number, "USD"), payment=payment(other), intent=key, at=at)
    if name == "reverse":
        return account.reverse(number, "mistake", at)
    return account.freeze(at) if name == "freeze" else account.reopen(at)


@given(st.lists(MOVES, max_size=25))
def test_whatever_happens_the_books_balance_and_nobody_is_refunded_more_than_they_paid(
    moves: list[tuple[str, int, int]],
) -> None:
    account = folio()
    for step, (name, number, other) in enumerate(moves):
        before = account
        try:
            account = moved(account, name, number, other, BOOKED_AT + timedelta(hours=step)).state
        except BookingError:
            continue
        assert account.version == before.version + 1
        assert account.entries[: len(before.entries)] == before.entries
        assert [entry.number for entry in account.entries] == list(range(1, len(account.entries) + 1))
        assert in_balance(account)
        assert all(account.paid_by(payment(n)) >= usd("0") for n in range(1, 5))
    bill = bill_of(account)
    items = [item.amount for item in bill.items if not item.included]
    assert Money.total(items, "USD") == account.balance == bill.charges - bill.received + bill.refunded
    extras = account.charges - account.booking
    assert extras == Money.total(
        (entry.counts for entry in account.entries if entry.part is Part.EXTRAS), "USD"
    )


@given(stays(), stays(), room_tariffs())
def test_any_two_quotes_after_each_other_cost_what_the_last_one_says(
    first: object, second: object, tariff: object
) -> None:
    one, two = (price(request, tariff, BOOKED_AT) for request in (first, second))  # type: ignore[arg-type]
    opened = Folio.open(RESERVATION, one.lines, "USD", BOOKED_AT).state
    agreed = opened.agree(two.lines, BOOKED_AT).state

    assert (opened.balance, agreed.balance) == (one.total, two.total)
    assert in_balance(agreed)
