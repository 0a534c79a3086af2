"""Between rows of calendars outside and the domain, by hand."""

from datetime import timedelta

from booking_adapters._codec.converter import read, write
from booking_adapters._sql.rows import Cells
from booking_adapters._sql.statement import Row
from booking_core.domain.calendars.feed import Detail, Feed, FeedKind
from booking_core.domain.calendars.push import Push, PushTarget
from booking_core.domain.calendars.subscription import Seen, Subscription
from booking_core.domain.channels.rental import RentalCalendar
from booking_core.domain.kernel.ids import ClaimId, FeedId, PushId, ResourceId, SubscriptionId, TargetId

A_SECOND = timedelta(seconds=1)


def feed_row(feed: Feed) -> Cells:
    """A feed."""
    return {
        "id": feed.id,
        "version": feed.version,
        "kind": feed.kind.value,
        "subject_id": feed.subject,
        "name": feed.name,
        "detail": feed.detail.value,
        "token_hash": feed.token_hash,
        "digest": feed.digest,
        "changed_at": feed.changed_at,
    }


def feed_of(row: Row) -> Feed:
    """The feed of a row."""
    feed, version, kind, subject, name, detail, token_hash, digest, changed_at = row
    return Feed(
        id=FeedId(feed),
        version=version,
        kind=FeedKind(kind),
        subject=subject,
        name=name,
        detail=Detail(detail),
        token_hash=token_hash,
        digest=digest,
        changed_at=changed_at,
    )


def subscription_row(subscription: Subscription) -> Cells:
    """A subscription."""
    return {
        "id": subscription.id,
        "version": subscription.version,
        "resource_id": subscription.resource,
        "name": subscription.name,
        "url": subscription.url,
        "interval_seconds": subscription.interval // A_SECOND,
        "due_at": subscription.due_at,
        "etag": subscription.seen.etag,
        "last_modified": subscription.seen.last_modified,
        "digest": subscription.seen.digest,
        "read_at": subscription.read_at,
        "failures": subscription.failures,
        "problem": subscription.problem,
        "died_at": subscription.died_at,
        "rental": None if subscription.rental is None else write(subscription.rental),
    }


def subscription_of(row: Row) -> Subscription:
    """The subscription of a row."""
    subscription, version, resource, name, url, seconds, due_at, *rest = row
    etag, last_modified, digest, read_at, failures, problem, died_at, rental = rest
    return Subscription(
        id=SubscriptionId(subscription),
        version=version,
        resource=ResourceId(resource),
        name=name,
        url=url,
        interval=seconds * A_SECOND,
        due_at=due_at,
        seen=Seen(etag=etag, last_modified=last_modified, digest=digest),
        read_at=read_at,
        failures=failures,
        problem=problem,
        died_at=died_at,
        rental=None if rental is None else read(rental, RentalCalendar),
    )


def target_row(target: PushTarget) -> Cells:
    """A calendar into which bookings are written."""
    return {
        "id": target.id,
        "version": target.version,
        "resource_id": target.resource,
        "account": target.account,
        "detail": target.detail.value,
    }


def target_of(row: Row) -> PushTarget:
    """The calendar of a row."""
    target, version, resource, account, detail = row
    return PushTarget(
        id=TargetId(target),
        version=version,
        resource=ResourceId(resource),
        account=account,
        detail=Detail(detail),
    )


def push_row(push: Push) -> Cells:
    """What is owed to such a calendar."""
    return {
        "id": push.id,
        "version": push.version,
        "target_id": push.target,
        "reservation_id": push.reservation,
        "wanted": push.wanted,
        "sent": push.sent,
        "etag": push.etag,
        "due_at": push.due_at,
        "attempts": push.attempts,
        "problem": push.problem,
        "died_at": push.died_at,
    }


def push_of(row: Row) -> Push:
    """The push of a row."""
    push, version, target, reservation, wanted, sent, etag, due_at, *trying = row
    attempts, problem, died_at = trying
    return Push(
        id=PushId(push),
        version=version,
        target=TargetId(target),
        reservation=ClaimId(reservation),
        wanted=wanted,
        sent=sent,
        etag=etag,
        due_at=due_at,
        attempts=attempts,
        problem=problem,
        died_at=died_at,
    )
