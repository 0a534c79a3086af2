from datetime import timedelta

import pytest
from stripe import InvalidRequestError, StripeClient

from booking_adapters.testing.stripe_server import StripeServer
from tests.integration.stripe.payments import asked, captured

A_MINUTE = timedelta(minutes=1)


def test_a_list_comes_in_pages_newest_first(stripe: StripeClient) -> None:
    made = [captured(stripe, amount=100 + n).id for n in range(7)]
    first = stripe.v1.payment_intents.list({"limit": 3})
    assert [each.id for each in first.data] == made[:-4:-1]
    assert first.has_more
    second = stripe.v1.payment_intents.list({"limit": 3, "starting_after": first.data[-1].id})
    assert [each.id for each in second.data] == made[3:0:-1]
    last = stripe.v1.payment_intents.list({"limit": 3, "starting_after": second.data[-1].id})
    assert ([each.id for each in last.data], last.has_more) == (made[:1], False)
    before = stripe.v1.payment_intents.list({"limit": 3, "ending_before": second.data[0].id})
    assert [each.id for each in before.data] == [each.id for each in first.data]
    assert [each.id for each in first.auto_paging_iter()] == made[::-1]


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_a_limit(stripe: StripeClient, limit: int) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.list({"limit": limit})
    assert refused.value.param == "limit"


def test_a_page_starts_after_something_of_the_list(stripe: StripeClient) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.list({"starting_after": "pi_none"})
    assert (refused.value.code, refused.value.param) == ("resource_missing", "starting_after")


def test_a_list_is_narrowed_by_customer_and_time(stripe: StripeClient, server: StripeServer) -> None:
    guest = stripe.v1.customers.create().id
    old = stripe.v1.payment_intents.create({**asked(), "customer": guest})
    server.advance(timedelta(days=1))
    new = captured(stripe)
    api = stripe.v1.payment_intents
    assert [each.id for each in api.list({"customer": guest}).data] == [old.id]
    assert [each.id for each in api.list({"created": {"gt": old.created}}).data] == [new.id]
    assert [each.id for each in api.list({"created": {"lte": old.created}}).data] == [old.id]
    assert [each.id for each in api.list({"created": new.created}).data] == [new.id]
    assert [each.payment_intent for each in stripe.v1.charges.list({"payment_intent": old.id}).data] == [
        old.id
    ]


def test_events_are_listed_by_type(stripe: StripeClient) -> None:
    intent = captured(stripe)
    wanted = stripe.v1.events.list({"types": ["charge.succeeded", "payment_intent.succeeded"]}).data
    assert [each.type for each in wanted] == ["payment_intent.succeeded", "charge.succeeded"]
    assert wanted[0].data.object["id"] == intent.id
    assert stripe.v1.events.retrieve(wanted[0].id).type == "payment_intent.succeeded"


def test_search_finds_by_metadata_a_minute_later(stripe: StripeClient, server: StripeServer) -> None:
    made = stripe.v1.payment_intents.create({**asked(), "metadata": {"intent": "0190-7"}})
    captured(stripe)
    query = "metadata['intent']:'0190-7' AND status:'succeeded'"
    assert stripe.v1.payment_intents.search({"query": query}).data == []
    server.advance(A_MINUTE)
    assert [each.id for each in stripe.v1.payment_intents.search({"query": query}).data] == [made.id]


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ("amount>100", [102, 101]),
        ("amount>=100 AND amount<102", [101, 100]),
        ("amount:100 OR amount:102", [102, 100]),
        ("-amount:101", [102, 100]),
        ("metadata['n']:'1'", [101]),
        ("-metadata['none']:null", []),
        ('metadata["n"]:"2"', [102]),
    ],
)
def test_a_query_picks(stripe: StripeClient, server: StripeServer, query: str, amounts: list[int]) -> None:
    for n in range(3):
        stripe.v1.payment_intents.create({**asked(amount=100 + n), "metadata": {"n": str(n)}})
    server.advance(A_MINUTE)
    assert [each.amount for each in stripe.v1.payment_intents.search({"query": query}).data] == amounts


@pytest.mark.parametrize(
    "query", ["", "amount", "amount:1 AND amount:2 OR amount:3", "status>'a'", "a:'b' AND " * 11]
)
def test_a_query_that_cannot_be_read_is_refused(stripe: StripeClient, query: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.search({"query": query})
    assert refused.value.param == "query"


def test_a_search_comes_in_pages(stripe: StripeClient, server: StripeServer) -> None:
    made = [captured(stripe, amount=100 + n).id for n in range(5)]
    server.advance(A_MINUTE)
    first = stripe.v1.payment_intents.search({"query": "amount>0", "limit": 2})
    assert (len(first.data), first.has_more) == (2, True)
    assert [each.id for each in first.auto_paging_iter()] == made[::-1]


def test_customers_come_and_go(stripe: StripeClient) -> None:
    guest = stripe.v1.customers.create(
        {"name": "Ada", "email": "ada@example.com", "metadata": {"guest": "7"}}
    )
    changed = stripe.v1.customers.update(guest.id, {"name": "Ada L."})
    assert (changed.name, changed.email) == ("Ada L.", "ada@example.com")
    assert stripe.v1.customers.delete(guest.id).deleted
    with pytest.raises(InvalidRequestError):
        stripe.v1.customers.retrieve(guest.id)
