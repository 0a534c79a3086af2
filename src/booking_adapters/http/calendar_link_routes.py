"""People's own calendars, into which staff have bookings written."""

from typing import Annotated

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.calendar_views import (
    CalendarLinkBody,
    CalendarLinksView,
    CalendarLinkView,
    link_view,
)
from booking_adapters.http.document import STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import TargetId, parse_uuid
from booking_core.usecases.calendar_links import LinkCommand, LinkReference

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
LinkIdText = Annotated[str, PathParameter(description="Id of the link.", schema_extra={"format": "uuid"})]


@post(
    "/calendar-links",
    operation_id="linkCalendar",
    summary="Write the bookings of a resource into a calendar",
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def link_calendar(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, data: JSONBody[CalendarLinkBody]
) -> CalendarLinkView:
    """One that the operator set up. Bookings to come are written as well; linking again writes what is missing."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    target = engine.calendars.link(
        LinkCommand(
            tenant=tenant, resource=data.resource, account=data.account, detail=data.detail, actor=actor
        )
    )
    return link_view(engine.show_catalog(tenant), target)


@get(
    "/calendar-links",
    operation_id="listCalendarLinks",
    summary="Into which calendars bookings are written",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_calendar_links(*, engine: TheEngine, tenant_key: p.TenantKey) -> CalendarLinksView:
    """All of them."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    catalog = engine.show_catalog(tenant)
    found = engine.calendars.list_links(tenant)
    return CalendarLinksView(calendar_links=tuple(link_view(catalog, each) for each in found))


@delete(
    "/calendar-links/{link_id:str}",
    operation_id="unlinkCalendar",
    summary="Write into a calendar no longer",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def unlink_calendar(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, link_id: LinkIdText
) -> None:
    """What stands in it stays there."""
    engine.calendars.unlink(
        LinkReference(
            tenant=p.tenant_of(engine.tenants, tenant_key),
            target=TargetId(parse_uuid(link_id, "link_id")),
            actor=actor,
        )
    )


OF_STAFF = [link_calendar, list_calendar_links, unlink_calendar]
