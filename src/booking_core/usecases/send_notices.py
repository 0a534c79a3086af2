"""Sending the notices that are due: taken and committed, put into words and sent, and then marked.

Whoever dies between sending and marking leaves a notice whose lease runs out. It is sent again under the same key, as
one that may be a repeat; none is lost.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import attrs

from booking_core.domain.catalog.notice_rules import Audience, NoticeChannel, Occasion
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import BrowserId, TenantId
from booking_core.domain.notices.link import Link, Purpose
from booking_core.domain.notices.notice import MOST_ATTEMPTS, Notice, NoticeState
from booking_core.domain.notices.subscription import PushSubscription
from booking_core.domain.reservations.reservation import LIVE
from booking_core.domain.waitlist.entry import WaitlistEntry
from booking_core.ports.ambient import Clock, IdGenerator, TokenSource
from booking_core.ports.notifying import (
    Letter,
    Message,
    Notifiers,
    NotifierUnavailable,
    OutcomeUnknown,
    RecipientGone,
    Refused,
    Undeliverable,
    Wording,
)
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.letters import letter_of, why_not_sent
from booking_core.usecases.outcomes import write_down
from booking_core.usecases.undeliverable import tell_undeliverable

BATCH = 50
_DOORS = {Purpose.MANAGE: "manage", Purpose.OFFER: "offers"}
"""Where the links of each purpose lead."""
LEASE = timedelta(minutes=2)
"""Longer than any notifier takes, so that nobody sends what is being sent."""
TURN = timedelta(seconds=20)
"""After this no further notice is taken in a turn: other tenants want to be served."""


@attrs.frozen(kw_only=True)
class SendNotices:
    """Sends what is due of a tenant's notices. Several workers may do so at once.

    `public_url` is where guests reach this deployment, without a slash at its end; where it is empty, mails carry no
    link, and nobody is asked to tell what became of a message. `on_failure` is told of each failure that no notifier
    foresees, for logs: the notice is tried again when its lease is over, and the others are sent all the same.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    tokens: TokenSource
    wording: Wording
    notifiers: Notifiers
    public_url: str = ""
    on_failure: Callable[[Notice, Exception], None] = lambda _notice, _error: None

    def __call__(self, tenant: TenantId) -> int:
        """How many were worked on: at most 50, one after the other, each taken just before it is sent."""
        begun = self.clock.now()
        for count in range(BATCH):
            if self.clock.now() >= begun + TURN:
                return count
            with self.begin(tenant) as tx:
                taken = tx.notices.lease(self.clock.now(), 1, LEASE)
            if not taken:
                return count
            self._send_one(tenant, taken[0])
        return BATCH

    def _send_one(self, tenant: TenantId, notice: Notice) -> None:
        try:
            change = self._pursue(tenant, notice)
        except Exception as error:  # noqa: BLE001 - a mistake with one notice is no reason to keep others waiting
            self.on_failure(notice, error)
        else:
            write_down(lambda: self._mark(tenant, change))

    def _pursue(self, tenant: TenantId, notice: Notice) -> Change[Notice, Notice]:
        """Send it, unless it came too late or is no longer wanted; what became of it."""
        at = self.clock.now()
        if at >= notice.owed.useful_until:
            return notice.expire(at)
        if notice.attempts > MOST_ATTEMPTS:
            return notice.give_up("whoever tried to send it never said what came of it", at)
        with self.begin.reading(tenant) as tx:
            letter = letter_of(tx, notice)
            browser = _browser(tx, notice)
        reason = why_not_sent(letter, at)
        if reason is not None:
            return notice.supersede(reason, at)
        change = self._tried(notice, self._with_link(tenant, letter), browser)
        if browser is not None and change.state.state is NoticeState.SUPERSEDED:
            with self.begin(tenant) as tx:
                tx.push_subscriptions.remove(browser.id)
        return change

    def _with_link(self, tenant: TenantId, letter: Letter) -> Letter:
        """With a link for the client, where there is something to do with one. Only its hash is kept."""
        token = self.tokens.new()
        link = _link(letter, token) if self.public_url else None
        if link is None:
            return letter
        with self.begin(tenant) as tx:
            tx.links.keep(link)
        return attrs.evolve(letter, manage_url=f"{self._url(letter)}/{_DOORS[link.purpose]}/{token}")

    def _url(self, letter: Letter) -> str:
        return f"{self.public_url}/v1/{letter.catalog.tenant.key}"

    def _tried(
        self, notice: Notice, letter: Letter, browser: PushSubscription | None
    ) -> Change[Notice, Notice]:
        """Put it into words and send it; the failures that there are, and what each makes of a notice."""
        try:
            status_url = f"{self._url(letter)}/notices/{notice.key}/status" if self.public_url else ""
            message = attrs.evolve(self.wording(letter), subscription=browser, status_url=status_url)
            reference = self._send(notice, message)
        except RecipientGone as gone:
            return notice.supersede(gone.message, self.clock.now())
        except Refused as refused:
            return notice.bounce(refused.message, self.clock.now())
        except Undeliverable as failed:
            return notice.give_up(failed.message, self.clock.now())
        except NotifierUnavailable as failed:
            was_sent = isinstance(failed, OutcomeUnknown)
            return notice.put_off(failed.message, self.clock.now(), was_sent=was_sent)
        return notice.sent(reference, self.clock.now())

    def _send(self, notice: Notice, message: Message) -> str:
        channel = notice.owed.channel
        if channel not in self.notifiers:
            raise Undeliverable(f"nothing here sends by {channel}")
        if channel is NoticeChannel.PUSH and message.subscription is None:
            raise RecipientGone("the browser is no longer subscribed")
        return self.notifiers[channel].send(message)

    def _mark(self, tenant: TenantId, change: Change[Notice, Notice]) -> None:
        """Write down what became of it, unless somebody else has taken it over; people are told of failures."""
        notice = change.state
        try:
            with self.begin(tenant) as tx:
                tx.notices.save(change)
                if notice.has_failed:
                    tell_undeliverable(tx, self.ids, notice, self.clock.now())
        except StaleVersion:
            return


def _link(letter: Letter, token: str) -> Link | None:
    """To manage a live reservation, by mail; to answer an offer, by telephone too: there is no other way to it."""
    owed, topic = letter.notice.owed, letter.topic
    if owed.audience is not Audience.CLIENT:
        return None
    if isinstance(topic, WaitlistEntry):
        return Link.to_answer(topic, token) if owed.occasion is Occasion.OFFERED else None
    is_mailed = owed.channel is NoticeChannel.EMAIL
    return Link.to_manage(topic, token) if is_mailed and topic.status in LIVE else None


def _browser(tx: Transaction, notice: Notice) -> PushSubscription | None:
    if notice.owed.channel is not NoticeChannel.PUSH:
        return None
    return tx.push_subscriptions.find(BrowserId(UUID(notice.owed.address)))
