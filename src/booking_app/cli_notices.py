"""The commands of whoever looks after what is told: notices, and the rules by which they are owed."""

from pathlib import Path
from typing import Annotated

import attrs
from cyclopts import App, Parameter

from booking_adapters.businesses import read_notice_rules
from booking_adapters.http.notice_views import notice_view, preview_view
from booking_app.cli_options import Common, known_tenant
from booking_app.container import Deployment
from booking_app.plain import Data, plain
from booking_core.domain.catalog.notice_rules import NoticeRule, NoticeSettings
from booking_core.domain.catalog.schedule import clock_text
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import NoticeId, parse_uuid
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.domain.notices.subject import Subject
from booking_core.usecases.manage_link import RevokeLinksCommand
from booking_core.usecases.notice_desk import ChangeNoticesCommand, NoticeReference, NoticesQuery
from booking_core.usecases.show import ShowQuery

PLAINLY = Common()
OPERATOR = Actor("staff", "command line")
MOST_BYTES = 4_000_000
State = Annotated[NoticeState | None, Parameter(help="Only those in this state.")]

notices = App(name="notices", help="What is told to clients and staff, and what became of it.")
rules = App(name="rules", help="Who is told what, when, and through which channel.")
notices.command(rules)


@notices.command(name="list")
def list_notices(
    tenant: str, reservation: str | None = None, *, state: State = None, common: Common = PLAINLY
) -> None:
    """Show the latest notices of a business, or all about one reservation (its number or id)."""
    with common.deployment() as deployment:
        of, engine = known_tenant(deployment, tenant)[0], deployment.engine
        query = NoticesQuery(tenant=of, state=state)
        if reservation is not None:
            about = engine.show(ShowQuery(tenant=of, reservation=reservation)).id
            query = attrs.evolve(query, about=Subject(reservation=about))
        found = [each for each in engine.notices.list(query) if state is None or each.state is state]
    common.print({"notices": [notice_data(each) for each in found]}, "\n".join(map(_line, found)) or "None.")


@notices.command
def show(tenant: str, notice: str, *, common: Common = PLAINLY) -> None:
    """Show how a notice reads as things are now, without the link that is the reader's alone."""
    with common.deployment() as deployment:
        message = deployment.engine.notices.preview(_reference(deployment, tenant, notice))
    data = plain(attrs.asdict(preview_view(message)))
    files = "".join(f"\n[{each.name}]" for each in message.attachments)
    common.print({"notice": data}, f"To: {message.to}\nSubject: {message.subject}\n\n{message.text}{files}")


@notices.command
def resend(tenant: str, notice: str, *, common: Common = PLAINLY) -> None:
    """Send another copy of what was told or given up."""
    with common.deployment() as deployment:
        copy = deployment.engine.notices.resend(_reference(deployment, tenant, notice))
    common.print({"owed": notice_data(copy)}, f"Owed: {_line(copy)}")


@notices.command
def requeue(tenant: str, notice: str, *, common: Common = PLAINLY) -> None:
    """Try again what could not be delivered, with all its attempts before it."""
    with common.deployment() as deployment:
        again = deployment.engine.notices.requeue(_reference(deployment, tenant, notice))
    common.print({"owed": notice_data(again)}, f"Owed: {_line(again)}")


@notices.command(name="revoke-links")
def revoke_links(tenant: str, reservation: str, *, common: Common = PLAINLY) -> None:
    """Take back the links that were mailed about a reservation: they lead nowhere at once."""
    with common.deployment() as deployment:
        of, engine = known_tenant(deployment, tenant)[0], deployment.engine
        about = Subject(reservation=engine.show(ShowQuery(tenant=of, reservation=reservation)).id)
        revoked = engine.notices.revoke_links(RevokeLinksCommand(tenant=of, about=about, actor=OPERATOR))
    common.print({"revoked": revoked}, f"Links taken back: {revoked}")


@rules.command(name="show")
def show_rules(tenant: str, *, common: Common = PLAINLY) -> None:
    """Show the rules in force."""
    with common.deployment() as deployment:
        settings = known_tenant(deployment, tenant)[1].notices
    common.print(
        rules_data(settings), "\n".join(map(_rule_line, settings.rules)) or "Nobody is told anything."
    )


@rules.command(name="set")
def set_rules(tenant: str, file: Path, *, common: Common = PLAINLY) -> None:
    """Replace rules, contacts and templates by the table [notices] of a TOML file."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES)
    except OSError as error:
        raise InvalidInput("file", f"cannot be read: {error.strerror}", str(file)) from error
    settings = read_notice_rules(content, file.name)
    with common.deployment() as deployment:
        command = ChangeNoticesCommand(
            tenant=known_tenant(deployment, tenant)[0], settings=settings, actor=OPERATOR
        )
        changed = deployment.engine.notices.change_rules(command)
    common.print(rules_data(changed), f"{len(changed.rules)} rules are in force.")


def notice_data(notice: Notice) -> Data:
    """A notice as plain data."""
    data: Data = plain(attrs.asdict(notice_view(notice)))
    return data


def rules_data(settings: NoticeSettings) -> Data:
    """Rules, contacts and the names of templates as plain data."""
    quiet = settings.quiet_hours
    return {
        "language": settings.language,
        "quiet_hours": quiet and f"{clock_text(quiet.start)}-{clock_text(quiet.end)}",
        "rules": [
            {
                "key": each.key,
                "on": each.occasion.value,
                "to": each.audience.value,
                "by": each.channel.value,
                "template": each.template,
                "minutes_before": int(each.before.total_seconds()) // 60,
            }
            for each in settings.rules
        ],
        "contacts": [attrs.asdict(each) for each in settings.contacts],
        "templates": [f"{each.name} ({each.language})" for each in settings.templates],
    }


def _reference(deployment: Deployment, tenant: str, notice: str) -> NoticeReference:
    return NoticeReference(
        tenant=known_tenant(deployment, tenant)[0],
        notice=NoticeId(parse_uuid(notice, "notice")),
        actor=OPERATOR,
    )


def _line(notice: Notice) -> str:
    owed = notice.owed
    flags = " (may be a repeat)" * notice.may_be_repeat
    why = f"  {notice.reason}" if notice.reason else ""
    due = f"{notice.due_at:%Y-%m-%d %H:%M}Z"
    return f"{notice.key}  {notice.state}{flags}  {due}  {owed.rule}  {owed.address}{why}"


def _rule_line(rule: NoticeRule) -> str:
    when = f"{rule.before} before" if rule.before else f"once {rule.occasion}"
    return f"{rule.key}  {when}: {rule.audience} by {rule.channel}, {rule.template}"
