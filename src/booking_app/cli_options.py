"""What all commands share: options, output, and reading of times and parties."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import attrs
from cyclopts import Parameter
from rich.console import Console

from booking_app.container import Deployment, open_deployment
from booking_app.logs import configure_logs
from booking_app.plain import Data
from booking_app.settings import Settings, load_settings
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.errors import InvalidDates, InvalidInput
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.period import Stay, from_epoch, instant
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.domain.reservations.party import Party

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@Parameter(name="*", group="Deployment")
@dataclass(frozen=True, kw_only=True)
class Common:
    """Options of every command."""

    json: Annotated[bool, Parameter(negative="")] = False
    "Print one JSON document instead of text."

    storage: str | None = None
    "Address of the storage: sqlite:///file, postgresql://host/database or memory://."

    settings: Path | None = None
    "TOML file with settings; environment variables such as BOOKING_PORT win over it."

    def load(self) -> Settings:
        """The settings, with what the command line says above them."""
        settings = load_settings(self.settings)
        if self.storage is None:
            return settings
        if urlsplit(self.storage).password:
            raise InvalidInput("storage", "a password may not stand on the command line; use BOOKING_STORAGE")
        return attrs.evolve(settings, storage=self.storage)

    @contextmanager
    def deployment(self) -> Iterator[Deployment]:
        """The wired engine on the storage; closed at the end."""
        settings = self.load()
        configure_logs(settings.log_level)
        with open_deployment(settings) as deployment:
            yield deployment

    def print(self, data: Data, text: str) -> None:
        """One answer, as JSON or as text."""
        if self.json:
            sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        else:
            Console(highlight=False, soft_wrap=True).print(text, markup=False)


@Parameter(name="*", group="Who and how many")
@dataclass(frozen=True, kw_only=True)
class PartyOptions:
    """Who comes and how many places are taken."""

    quantity: int | None = None
    "Places, rooms or seats; left out, seats for everybody where those are sold, else one."

    adults: int = 1
    "Adults who come."

    child_age: Annotated[tuple[int, ...], Parameter(negative="")] = ()
    "Age of a child who comes; once for each."

    def party(self) -> Party:
        """The people."""
        return Party(self.adults, self.child_age)


@Parameter(name="*", group="Price")
@dataclass(frozen=True, kw_only=True)
class PriceOptions:
    """What decides the price."""

    rate_plan: str | None = None
    "Rate plan to price by, such as AAA."

    code: Annotated[tuple[str, ...], Parameter(negative="")] = ()
    "Promotion code; once for each."


@Parameter(name="*", group="When")
@dataclass(frozen=True, kw_only=True)
class TimeOptions:
    """One candidate: a start (and an end where the customer chooses it), or nights."""

    start: str | None = None
    "Instant with an offset, such as 2026-03-02T10:00:00+01:00."

    end: str | None = None
    "Instant with an offset; for rentals, whose length the customer chooses."

    check_in: str | None = None
    "Date of arrival, for stays."

    check_out: str | None = None
    "Date of departure."

    nights: int | None = None
    "Nights, instead of --check-out."

    def stay(self) -> Stay | None:
        """The stay, or None where no arrival is given; raises InvalidDates."""
        if self.check_in is None:
            return None
        arrival = read_date(self.check_in, "check_in")
        if self.nights is not None:
            return Stay.of_nights(arrival, self.nights)
        if self.check_out is None:
            raise InvalidInput("check_out", "is required (or nights)")
        return Stay.between(arrival, read_date(self.check_out, "check_out"))

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """Start and end, where given; raises InvalidDates."""
        return (
            None if self.start is None else read_instant(self.start, "start"),
            None if self.end is None else read_instant(self.end, "end"),
        )


def read_date(text: str, field: str) -> date:
    """A date as YYYY-MM-DD; raises InvalidDates."""
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise InvalidDates(field, "must be a date as YYYY-MM-DD", text)


def read_instant(text: str, field: str) -> datetime:
    """An ISO 8601 instant with its offset; raises InvalidDates, for naive ones too."""
    try:
        return instant(datetime.fromisoformat(text), field)
    except ValueError:
        reason = "must be an instant such as 2026-03-02T10:00:00+01:00"
        raise InvalidDates(field, reason, text) from None


def read_moment(text: str, field: str, catalog: Catalog, service: str) -> datetime:
    """An instant, or the first moment of a date where the service is given."""
    if not _DATE.fullmatch(text):
        return read_instant(text, field)
    place = catalog.venue_of(catalog.service(service)).zone
    return instant(from_epoch(wall_epoch(read_date(text, field), 0, place)), field)


def known_tenant(deployment: Deployment, key: str) -> tuple[TenantId, Catalog]:
    """The id and the catalog of a business; raises NotFound."""
    tenant = deployment.engine.tenants.by_key(key)
    return tenant, deployment.engine.show_catalog(tenant)
