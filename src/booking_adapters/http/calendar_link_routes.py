"""People's own calendars, into which staff have bookings written."""

from typing import Annotated

from litestar.params import JSONBody, PathParameter

from booking_adapters.http.asking import Asked
from booking_adapters.http.calendar_views import (
    CalendarLinkBody,
    CalendarLinksView,
    CalendarLinkView,
    link_view,
)
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.operations import staff_create, staff_end, staff_read
from booking_core.domain.kernel.ids import TargetId, parse_uuid
from booking_core.usecases.calendar_links import LinkCommand, LinkReference

LinkIdText = Annotated[str, PathParameter(description="Id of the link.", schema_extra={"format": "uuid"})]


@staff_create(
    "/calendar-links", "linkCalendar", "Write the bookings of a resource into a calendar", *WITH_BODY
)
def link_calendar(*, asked: Asked, data: JSONBody[CalendarLinkBody]) -> CalendarLinkView:
    """One that the operator set up. Bookings to come are written as well; linking again writes what is missing."""
    target = asked.engine.calendars.link(
        LinkCommand(
            tenant=asked.tenant,
            resource=data.resource,
            account=data.account,
            detail=data.detail,
            actor=asked.actor,
        )
    )
    return link_view(asked.catalog, target)


@staff_read("/calendar-links", "listCalendarLinks", "Into which calendars bookings are written")
def list_calendar_links(*, asked: Asked) -> CalendarLinksView:
    """All of them."""
    catalog = asked.catalog
    found = asked.engine.calendars.list_links(asked.tenant)
    return CalendarLinksView(calendar_links=tuple(link_view(catalog, each) for each in found))


@staff_end("/calendar-links/{link_id:str}", "unlinkCalendar", "Write into a calendar no longer")
def unlink_calendar(*, asked: Asked, link_id: LinkIdText) -> None:
    """What stands in it stays there."""
    asked.engine.calendars.unlink(
        LinkReference(
            tenant=asked.tenant,
            target=TargetId(parse_uuid(link_id, "link_id")),
            actor=asked.actor,
        )
    )


OF_STAFF = [link_calendar, list_calendar_links, unlink_calendar]
