"""The worker as a process of its own, under a clock that stands still: `python -m tests.integration.notices.worker`.

Its words are the storage's address, the time, the port of the mail server, the address of Twilio, and how it works:
`on` until it is told to end, `steps` what is due at each time that is written to it, or `marks-first`, which is how it
must not be done.
"""

import sys
from contextlib import ExitStack
from datetime import datetime

import attrs

from booking_adapters.ambient.ids import UuidV7
from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.letters.wording import TemplateWording
from booking_adapters.testing.ambient import FixedClock
from booking_app.container import wired
from booking_app.notifying import Post, post_of
from booking_app.settings import Settings
from booking_app.storage import Storage, open_storage
from booking_app.worker import one_round, work_until_told
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock
from booking_core.usecases.duties import Duty
from booking_core.usecases.send_notices import LEASE, SendNotices


@attrs.frozen(kw_only=True)
class MarksFirst(SendNotices):
    """Notes that a notice was sent before it sends it: whoever dies in between has lost it."""

    def __call__(self, tenant: TenantId) -> int:
        """Mark one as sent, and send it."""
        with self.begin(tenant) as tx:
            taken = tx.notices.lease(self.clock.now(), 1, LEASE)
        if not taken:
            return 0
        with self.begin(tenant) as tx:
            tx.notices.save(taken[0].sent("surely", self.clock.now()))
        self._pursue(tenant, taken[0])
        return 1


def marks_first(storage: Storage, clock: Clock, post: Post) -> Duty:
    """The duty that loses notices."""
    sender = MarksFirst(
        begin=storage.store,
        clock=clock,
        ids=UuidV7(),
        tokens=SecretTokens(),
        wording=TemplateWording(),
        notifiers=post.notifiers,
    )
    return Duty(act=sender)


def main(url: str, at: str, smtp_port: str, twilio_url: str, how: str) -> None:
    """Work as it is told."""
    settings = Settings(
        storage=url,
        smtp_url=f"smtp+plain://127.0.0.1:{smtp_port}",
        mail_from="desk@clinic.example",
        twilio_sid="AC1",
        twilio_token="secret",
        twilio_from="+15005550006",
        twilio_url=twilio_url,
    )
    clock = FixedClock(datetime.fromisoformat(at))
    with ExitStack() as stack:
        storage, post = open_storage(settings, stack), post_of(settings)
        deployment = wired(storage, clock=clock, post=post)
        if how == "marks-first":
            duties = {**deployment.duties, "send notices": marks_first(storage, clock, post)}
            deployment = attrs.evolve(deployment, duties=duties)
        if how != "steps":
            work_until_told(deployment)
            return
        for line in sys.stdin:
            clock.set(datetime.fromisoformat(line.strip()))
            while one_round(deployment):
                pass
            print("done", flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main(*sys.argv[1:])
