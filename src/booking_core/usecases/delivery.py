"""What became of a message, as its provider tells some time after it took it."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from booking_core.domain.catalog.notice_rules import NoticeChannel
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import NoticeId, TenantId
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.notifying import Delivery, DeliveryReports
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.undeliverable import tell_undeliverable


@attrs.frozen(kw_only=True)
class Report:
    """What arrived at the address that went out with a message: the path that was asked, the form, its signature."""

    tenant: TenantId
    notice: NoticeId
    path: str
    fields: Mapping[str, str]
    signature: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class RecordDelivery:
    """Writes down that an SMS arrived, or that it did not; then people are told."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    reports: DeliveryReports

    def __call__(self, report: Report) -> None:
        """Told twice or late, nothing happens. Raises NotFound where the signature is not the provider's, too."""
        delivery = self.reports.read(report.path, report.fields, report.signature)
        if delivery is None:
            raise NotFound("notice", report.notice)
        with self.begin(report.tenant) as tx:
            notice = tx.notices.get(report.notice)
            if notice.owed.channel is not NoticeChannel.SMS:
                raise NotFound("notice", report.notice)
            self._record(tx, notice, delivery, self.clock.now())

    def _record(self, tx: Transaction, notice: Notice, delivery: Delivery, at: datetime) -> None:
        if not (delivery.has_arrived or delivery.has_failed):
            return
        if notice.may_have_gone_out:
            # The answer to whoever sent it is slower than this, or was lost.
            taken = notice.sent(delivery.reference, at)
            tx.notices.save(taken)
            notice = taken.state
        if notice.reference != delivery.reference or notice.state is not NoticeState.SENT:
            return
        if delivery.has_arrived:
            tx.notices.save(notice.deliver(at))
            return
        tx.notices.save(notice.bounce(delivery.reason, at))
        tell_undeliverable(tx, self.ids, notice, at)
