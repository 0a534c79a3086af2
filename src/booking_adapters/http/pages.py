"""Plain pages for people: what is here to try, and the API document. No scripts, nothing from elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import attrs
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request, get
from litestar.di import NamedDependency
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.params import SkipValidation
from markupsafe import Markup

from booking_adapters.http.engine import Engine
from booking_adapters.http.search_routes import named_businesses
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.catalog.service import Service

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
MOST_SHOWN = 50
STYLE = "style.css"


@attrs.frozen(kw_only=True)
class ServiceLink:
    """A service with the address to try."""

    name: str
    trade: str
    who: str
    title: str
    address: str


@attrs.frozen(kw_only=True)
class BusinessCard:
    """A business with its services."""

    key: str
    name: str
    places: str
    services: tuple[ServiceLink, ...]


@get(
    "/",
    include_in_schema=False,
    media_type=MediaType.HTML,
    response_headers=PAGE_HEADERS,
    sync_to_thread=True,
)
def front_page(engine: NamedDependency[SkipValidation[Engine]]) -> str:
    """What there is to book, with links to try."""
    return rendered("index.html", businesses=list(_cards(engine)))


@get(
    "/style.css",
    include_in_schema=False,
    media_type=MediaType.CSS,
    response_headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=3600"},
    sync_to_thread=True,
)
def style_sheet() -> str:
    """The one style sheet of all pages."""
    return _style()


class DocumentPage(OpenAPIRenderPlugin):
    """The API document as a page to read."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The page."""
        return rendered(
            "document.html",
            document=openapi_schema,
            operations=list(_operations(openapi_schema)),
            address=self.get_openapi_json_route(request),
        ).encode()


def rendered(template: str, **values: Any) -> str:
    """A page; everything in it is escaped."""
    return _templates().get_template(template).render(**values)


def _cards(engine: Engine) -> Iterator[BusinessCard]:
    for each in list(named_businesses(engine))[:MOST_SHOWN]:
        catalog = engine.show_catalog(engine.tenants.by_key(each.key))
        services = list(catalog.services.values())[:MOST_SHOWN]
        yield BusinessCard(
            key=each.key,
            name=each.name,
            places=", ".join(f"{venue.name} ({venue.zone.key})" for venue in catalog.venues.values()),
            services=tuple(_link(engine, catalog, service) for service in services),
        )


def _link(engine: Engine, catalog: Catalog, service: Service) -> ServiceLink:
    """Slots or free periods of a week, or stays of two nights."""
    today = engine.clock.now().astimezone(catalog.venue_of(service).zone).date()
    here = f"/v1/{quote(catalog.tenant.key)}"
    tomorrow, week = today + timedelta(days=1), today + timedelta(days=8)
    one = f"{here}/services/{quote(service.key)}"
    match service.policy.trade:
        case Trade.STAY:
            title = "two nights from tomorrow"
            query = f"check_in={tomorrow}&check_out={today + timedelta(days=3)}&service={quote(service.key)}"
            address = f"{here}/stays?{query}"
        case Trade.RENTAL:
            title = "when it is free in the next seven days"
            address = f"{one}/free-periods?start={tomorrow}T00:00:00Z&end={week}T00:00:00Z"
        case _:
            title = "free slots of the next seven days"
            address = f"{one}/slots?start={tomorrow}T00:00:00Z&end={week}T00:00:00Z"
    names = [catalog.resources[each].name for each in service.needs[0].any_of]
    who = " · ".join(names[:4]) + (" …" if len(names) > 4 else "")  # noqa: PLR2004 - as many as fit a line
    return ServiceLink(
        name=service.name, trade=service.policy.trade.value, who=who, title=title, address=address
    )


def _operations(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for path, item in document["paths"].items():
        for method in ("get", "post", "delete"):
            if method in item:
                yield {"method": method.upper(), "path": path, **_readable(item[method])}


def _readable(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "id": operation["operationId"],
        "tag": (operation.get("tags") or [""])[0],
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": operation.get("parameters") or [],
        "body": _name(body.get("schema", {})),
        "responses": {
            code: each.get("description", "") for code, each in sorted(operation["responses"].items())
        },
    }


def _name(schema: Mapping[str, Any]) -> str:
    reference: Sequence[str] = str(schema.get("$ref", "")).rsplit("/", 1)
    return reference[-1]


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("booking_adapters.http"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["with_code"] = _with_code
    return made


def _with_code(text: str) -> Markup:
    """Text whose words in backticks are shown as code; all of it is escaped."""
    forms = Markup("{}"), Markup("<code>{}</code>")
    return Markup("").join(forms[position % 2].format(part) for position, part in enumerate(text.split("`")))


@cache
def _style() -> str:
    return files("booking_adapters.http").joinpath("templates", STYLE).read_text(encoding="utf-8")
