"""The OpenAPI document: what every operation may refuse, strict bodies, and where the document is served."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from litestar import Router
from litestar.datastructures import ResponseHeader
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, Example, Reference, Schema, SecurityScheme, Tag
from litestar.plugins.attrs import AttrsSchemaPlugin
from litestar.typing import FieldDefinition

from booking_adapters.http.problems import PROBLEM_JSON, Problem

STAFF_TOKEN = "staffToken"  # noqa: S105 - the name of a scheme
ABOUT = """\
Search, hold, book, move and cancel. Times are RFC 3339 date-times with a UTC offset, dates are `YYYY-MM-DD`, amounts
are whole minor units. Whatever is refused is answered as `application/problem+json` (RFC 9457) with a stable `code`.
"""

LOCATION = ResponseHeader(
    name="Location", value="/v1/…", documentation_only=True, description="Where the new thing is found."
)
REPLAYED = ResponseHeader(
    name="Idempotent-Replayed",
    value="true",
    documentation_only=True,
    description="`true` where the idempotency key had made this reservation before.",
)

_MEANINGS: Mapping[int, str] = {
    400: "The request cannot be read.",
    401: "The bearer token is missing or wrong.",
    402: "Money is missing: a card was declined, or there is something to be paid first.",
    403: "This caller may not do this.",
    404: "Nothing of that name exists for this business.",
    409: "Taken, sold out, against the rules, or not possible in this state; `violations` says why.",
    410: "The hold has expired.",
    413: "The body is larger than 64 KiB.",
    415: "The body is not JSON.",
    422: "A field makes no sense (`errors` names it), or an idempotency key came back with another body.",
    429: "Too many requests of this guest; try again after `Retry-After`.",
    500: "Something unforeseen; `error_id` names it in the log.",
    503: "Too many people at once, or the storage is away; try again after `Retry-After`.",
}
_ALWAYS = (400, 404, 422, 429, 500, 503)
WITH_BODY = (409, 413, 415)
STAFF = (401, 403)

_TAKEN = {
    "type": "urn:booking-core:problem:slot-taken",
    "title": "Slot taken",
    "status": 409,
    "detail": "This slot was just booked. Please select another time.",
    "code": "SLOT_TAKEN",
    "retryable": False,
    "retry_action": "CHOOSE_ANOTHER_TIME",
    "violations": [
        {"code": "lane_taken", "message": "Anna is taken at this time", "details": {"resource": "anna"}},
    ],
    "errors": [],
    "details": {},
    "error_id": None,
}
_EXAMPLES: Mapping[int, list[Example]] = {409: [Example(summary="Somebody was faster", value=_TAKEN)]}


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """What an operation may refuse with, on top of what all may."""
    return {
        status: ResponseSpec(
            data_container=Problem,
            description=_MEANINGS[status],
            media_type=PROBLEM_JSON,
            generate_examples=False,
            examples=_EXAMPLES.get(status),
        )
        for status in sorted({*_ALWAYS, *statuses})
    }


def also(kind: type[object], description: str) -> ResponseSpec:
    """A second kind of success."""
    return ResponseSpec(data_container=kind, description=description, generate_examples=False)


class StrictSchemas(AttrsSchemaPlugin):
    """Schemas of attrs classes, which say of bodies that nothing may be added to them."""

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """The schema of a class."""
        schema = super().to_openapi_schema(field_definition, schema_creator)
        for each in (schema.properties or {}).values():
            if isinstance(each, Schema) and isinstance(each.items, Schema):
                each.items = _of_a_kind(each.items)
        if field_definition.type_.__name__.endswith("Body"):
            schema.additional_properties = False
            example = getattr(field_definition.type_, "EXAMPLE", None)
            schema.examples = None if example is None else [example]
        return schema


def _of_a_kind(items: Schema) -> Schema | Reference:
    """The one kind of things in a list: the framework takes the `...` of a tuple for a second kind, of anything."""
    kinds = [kind for kind in items.one_of or () if kind != Schema()]
    return kinds[0] if len(kinds) == 1 else items


def document(pages: OpenAPIRenderPlugin, headers: Mapping[str, str]) -> OpenAPIConfig:
    """Served at `/schema` for people and at `/schema/openapi.json` for programs."""
    router = Router(path="/schema", route_handlers=[], response_headers=headers, include_in_schema=False)
    return OpenAPIConfig(
        title="Booking",
        version=version("booking-core"),
        description=ABOUT,
        openapi_router=router,
        render_plugins=[pages, JsonRenderPlugin(path="/openapi.json")],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                STAFF_TOKEN: SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="The token of the staff, where the deployment sets one.",
                )
            }
        ),
        tags=[
            Tag(name="Search", description="What can be booked, and why not."),
            Tag(name="Prices", description="What it costs, for a while."),
            Tag(name="Holds", description="Keeping a place while the customer decides."),
            Tag(name="Reservations", description="Booking, looking up, moving and calling off."),
            Tag(name="Payments", description="Paying, saved cards, and how the money stands."),
            Tag(name="Waitlist", description="Standing in line for what is taken."),
            Tag(name="Calendars", description="Bookings for the calendars of others."),
            Tag(name="Channels", description="What outside sellers leave here."),
            Tag(name="Staff", description="What only staff may do."),
            Tag(name="Health", description="Whether the service runs."),
        ],
    )
