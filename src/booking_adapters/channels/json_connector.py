"""The generic JSON channel as a server that is spoken to: how dates stand, its bookings, and acknowledgements.

Every request is signed by the Standard Webhooks specification with the secret of the channel, in both directions the
same. Under the channel's address:

`POST …/availability` takes `{"listing", "turn", "zone", "dates": [{"first", "end"}], "nights": […], "openings": […]}`
and answers `{"rejected": [{"date", "reason"}]}`; 409 says that a later turn was heard. `GET …/bookings?cursor=…`
answers `{"bookings": […], "cursor": ""}` with bookings as they are pushed to us. `POST …/acknowledgements` takes
`{"bookings": [{"reference", "revision"}]}`.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import attrs

from booking_adapters._net.addresses import AddressRefused
from booking_adapters._net.outgoing import Answer, Outgoing, Unreachable
from booking_adapters.channels.json_channel import channel_secret, read_booking
from booking_adapters.channels.signatures import Secret, signed_headers
from booking_core.domain.channels.link import Message
from booking_core.domain.channels.restrictions import DepartureDating
from booking_core.domain.channels.update import Night, Opening, Refused, Update
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.ids import TenantId, checked_key
from booking_core.domain.kernel.money import Money
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.channel_connector import (
    ChannelConnector,
    ChannelRefused,
    ChannelUnavailable,
    Pulled,
)
from booking_core.ports.storage import Tenants
from booking_core.ports.webhooks import WebhookSecrets

MOST_SECONDS = 15.0
MOST_BYTES = 2_000_000
MOST_BOOKINGS = 500
LONGEST_CURSOR = 500
LONGEST_REASON = 120
PASSING = frozenset({408, 425, 429})
"""Besides all from 500: answers that say that another time may be better."""


@attrs.frozen(kw_only=True)
class ChannelSite:
    """A channel that sells for a tenant (by key): its name with us, and where it is spoken to.

    `dating` says on which date it looks for a departure that is closed.
    """

    tenant: str
    channel: str
    url: str
    dating: DepartureDating = DepartureDating.CHECK_OUT_DATE


@attrs.frozen(kw_only=True)
class JsonConnector:
    """The ChannelConnector port."""

    channel: str
    url: str
    dating: DepartureDating
    secret: Secret
    clock: Clock
    ids: IdGenerator
    http: Outgoing

    def push(self, update: Update) -> Sequence[Refused]:
        """Tell it how dates stand. What it has heard better already is told."""
        answer = self._send("POST", "availability", update_in_json(update))
        if answer.status == HTTPStatus.CONFLICT:
            return ()
        rejected = _checked(answer).get("rejected", [])
        try:
            return [
                Refused(date=date.fromisoformat(each["date"]), reason=_plainly(each["reason"]))
                for each in rejected
            ]
        except (TypeError, KeyError, ValueError) as senseless:
            raise ChannelUnavailable("its answer makes no sense") from senseless

    def pull(self, cursor: str = "") -> Pulled:
        """A page of what was not acknowledged."""
        query = f"?{urlencode({'cursor': cursor})}" if cursor else ""
        page = _checked(self._send("GET", f"bookings{query}"))
        sent, following = page.get("bookings"), page.get("cursor", "")
        if not isinstance(sent, list) or not isinstance(following, str):
            raise ChannelUnavailable("its answer makes no sense")
        if len(sent) > MOST_BOOKINGS or len(following) > LONGEST_CURSOR:
            raise ChannelRefused(f"it sends more than {MOST_BOOKINGS} bookings at once, or too long a cursor")
        bookings, unreadable = [], []
        for number, each in enumerate(sent):
            try:
                bookings.append(read_booking(self.channel, each))
            except InvalidInput as senseless:
                unreadable.append(f"booking {number}: {_plainly(senseless.message)}")
        return Pulled(bookings=bookings, cursor=following, unreadable=unreadable)

    def acknowledge(self, messages: Collection[Message]) -> None:
        """Tell it what need not come again."""
        named = [{"reference": each.reference, "revision": each.revision} for each in messages]
        _checked(self._send("POST", "acknowledgements", {"bookings": named}))

    def _send(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> Answer:
        body = b"" if data is None else json.dumps(data, separators=(",", ":")).encode()
        signed = signed_headers([self.secret], str(self.ids.new()), self.clock.now(), body)
        headers = {"content-type": "application/json", "accept": "application/json", **signed}
        try:
            return self.http.send(method, f"{self.url.rstrip('/')}/{path}", headers=headers, content=body)
        except AddressRefused as refused:
            raise ChannelRefused(f"its address was refused: {refused.reason}") from refused
        except Unreachable as silence:
            raise ChannelUnavailable(f"it could not be reached: {silence}") from silence


@attrs.frozen(kw_only=True)
class JsonChannels:
    """The ChannelConnectors port over the sites of the settings. Their addresses are the operator's own."""

    sites: Sequence[ChannelSite]
    tenants: Tenants
    secrets: WebhookSecrets
    clock: Clock
    ids: IdGenerator
    http: Outgoing = attrs.field(
        factory=lambda: Outgoing(seconds=MOST_SECONDS, most_bytes=MOST_BYTES, loopback=True)
    )

    def __attrs_post_init__(self) -> None:
        """Refuse addresses that are not asked, and two channels of one name."""
        for site in self.sites:
            checked_key(site.channel, "channels.channel")
            self.http.accept(site.url)
        names = [(site.tenant, site.channel) for site in self.sites]
        for tenant, channel in names:
            if names.count((tenant, channel)) > 1:
                raise InvalidInput("channels.channel", "is set up twice", channel)

    def of(self, tenant: TenantId) -> Mapping[str, ChannelConnector]:
        """The connectors of a tenant."""
        return {
            site.channel: self._connector(tenant, site) for site in self.sites if self._is_of(site, tenant)
        }

    def _is_of(self, site: ChannelSite, tenant: TenantId) -> bool:
        try:
            return self.tenants.by_key(site.tenant) == tenant
        except NotFound:
            return False

    def _connector(self, tenant: TenantId, site: ChannelSite) -> JsonConnector:
        return JsonConnector(
            channel=site.channel,
            url=site.url,
            dating=site.dating,
            secret=Secret(channel_secret(self.secrets, tenant, site.channel)),
            clock=self.clock,
            ids=self.ids,
            http=self.http,
        )


def update_in_json(update: Update) -> Mapping[str, Any]:
    """An update as it is sent."""
    return {
        "listing": update.code,
        "turn": update.turn,
        "zone": update.zone,
        "dates": [{"first": each.first.isoformat(), "end": each.end.isoformat()} for each in update.dates],
        "nights": [_night(each) for each in update.nights],
        "openings": [_opening(each) for each in update.openings],
    }


def _night(night: Night) -> Mapping[str, Any]:
    restriction = night.restriction
    return {
        "date": night.date.isoformat(),
        "left": night.left,
        "price": _price(night.price),
        "stop_sell": restriction.is_stopped,
        "closed_to_arrival": restriction.is_closed_to_arrival,
        "closed_to_departure": restriction.is_closed_to_departure,
        "min_stay_arrival": restriction.arrival_nights,
        "min_stay_through": restriction.through_nights,
        "max_stay": restriction.most_nights,
    }


def _opening(opening: Opening) -> Mapping[str, Any]:
    return {
        "start": opening.start.isoformat(),
        "end": opening.end.isoformat(),
        "left": opening.left,
        "price": _price(opening.price),
    }


def _price(price: Money | None) -> Mapping[str, Any] | None:
    return None if price is None else {"amount_minor": price.amount_minor, "currency": price.currency}


def _checked(answer: Answer) -> Mapping[str, Any]:
    """The object of a good answer; raises ChannelUnavailable, ChannelRefused."""
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in PASSING:
        raise ChannelUnavailable(f"it answers {answer.status}")
    if not answer.is_success:
        raise ChannelRefused(f"it answers {answer.status}")
    try:
        data: Any = json.loads(answer.body or b"{}")
    except (ValueError, RecursionError):
        raise ChannelUnavailable("it answers what is not JSON") from None
    if not isinstance(data, dict):
        raise ChannelUnavailable("its answer makes no sense")
    return data


def _plainly(text: str) -> str:
    """What others wrote, short and without anything that cannot be shown."""
    return "".join(each if each.isprintable() else "?" for each in text[:LONGEST_REASON])
