"""A worker that sends notices by mail, as a process of its own: `python -m tests.integration.notices.sender`."""

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

from booking_adapters.ambient.ids import UuidV7
from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.email.smtp import SmtpNotifier, SmtpServer
from booking_adapters.letters.wording import TemplateWording
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.ambient import FixedClock
from booking_core.domain.catalog.notice_rules import NoticeChannel
from booking_core.domain.kernel.ids import TenantId
from booking_core.usecases.send_notices import SendNotices


def main(file: str, tenant: str, port: str, at: str) -> None:
    """Send what is due at an instant."""
    clock = FixedClock(datetime.fromisoformat(at))
    server = SmtpServer(host="127.0.0.1", port=int(port), starttls=False)
    mail = SmtpNotifier(server=server, sender="desk@salon.example", clock=clock)
    with SqliteStore.open(Path(file)) as store:
        send = SendNotices(
            begin=store,
            clock=clock,
            ids=UuidV7(),
            tokens=SecretTokens(),
            wording=TemplateWording(),
            notifiers={NoticeChannel.EMAIL: mail},
        )
        send(TenantId(UUID(tenant)))


if __name__ == "__main__":
    main(*sys.argv[1:])
