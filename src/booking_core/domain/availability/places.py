"""Seats, and who sits on them: where places of a time are sold, everybody takes one.

A tour or class sells seats: a party of four takes four of them, and four seats are paid by four people. A place may
take more (a kayak for two): then its `largest_party` says so.
"""

from collections.abc import Mapping

from booking_core.domain.catalog.policy import Trade
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.reservations.party import Party

ON_A_SEAT = 1


def sells_seats(service: Service, need: Need) -> bool:
    """Whether the places of a need are seats."""
    return service.policy.trade is Trade.ACTIVITY and need.per_quantity


def largest_party(service: Service, need: Need, resource: Resource) -> int | None:
    """How many people one place of a resource takes; None for no limit."""
    if resource.largest_party is None and sells_seats(service, need):
        return ON_A_SEAT
    return resource.largest_party


def places_for(service: Service, resources: Mapping[ResourceId, Resource], party: Party) -> int:
    """How many places a party takes where it does not say: seats for everybody, else one."""
    for need in service.needs:
        if sells_seats(service, need):
            seats = min(resources[each].largest_party or ON_A_SEAT for each in need.any_of)
            return -(-party.people // seats)
    return 1


def with_unnamed(service: Service, quantity: int, party: Party) -> Party:
    """The party that pays: on seats that nobody is named for sit adults."""
    unnamed = quantity - party.people
    if unnamed <= 0 or not any(sells_seats(service, need) for need in service.needs):
        return party
    return Party(party.adults + unnamed, party.child_ages)
