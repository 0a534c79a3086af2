"""From a file on disk to the storage: businesses (TOML) and busy times (iCalendar)."""

from datetime import timedelta
from pathlib import Path

import attrs

from booking_adapters.calendars import read_busy_times
from booking_app.container import Deployment
from booking_app.plain import Data, business_data, busy_times_data
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.period import Period
from booking_core.domain.kernel.problems import BadFile, Problem
from booking_core.usecases.import_busy_times import ImportBusyTimes
from booking_core.usecases.save_business import SaveBusinessCommand

LARGEST_FILE_BYTES = 2_000_000
LONGEST_HORIZON_DAYS = 1_000
OWNER = Actor(kind="staff", name="import")
"""Who describes a business; locks of others on its resources are heeded."""
CALENDAR = Actor(kind="system", name="import")
"""Who tells what is taken elsewhere: facts, which wait for nobody's lock."""


@attrs.frozen(kw_only=True)
class CalendarTarget:
    """Whose calendar a file is: a resource of a tenant, and under which name it is imported again."""

    tenant: str
    resource: str
    source: str = ""
    horizon_days: int = 400


def import_business(deployment: Deployment, path: Path) -> Data:
    """Save the business that a TOML file describes; raises BadFile, ResourceInUse, InvalidInput."""
    catalog = deployment.read_business(_content(path), path.name)
    saved = deployment.save_business(SaveBusinessCommand(catalog=catalog, actor=OWNER))
    return business_data(path.name, saved)


def import_calendar(deployment: Deployment, path: Path, target: CalendarTarget) -> Data:
    """Close a resource at the busy times of an iCalendar file, from now on; raises BadFile, NotFound, InvalidInput."""
    if not 1 <= target.horizon_days <= LONGEST_HORIZON_DAYS:
        raise InvalidInput("horizon_days", f"must be 1…{LONGEST_HORIZON_DAYS}", target.horizon_days)
    tenant = deployment.engine.tenants.by_key(target.tenant)
    catalog = deployment.engine.show_catalog(tenant)
    resource = catalog.resource(target.resource)
    now = deployment.engine.clock.now().replace(microsecond=0)
    window = Period.between(now, now + timedelta(days=target.horizon_days))
    calendar = read_busy_times(
        _content(path), window=window, zone=catalog.venue_of(resource).zone, file=path.name
    )
    command = ImportBusyTimes(
        tenant=tenant,
        resource=resource.key,
        source=target.source or f"ical:{path.name}",
        window=window,
        busy=calendar.busy,
        actor=CALENDAR,
    )
    return busy_times_data(path.name, resource.key, deployment.close_busy_times(command), calendar.ignored)


def _content(path: Path) -> bytes:
    """The bytes of a file, or BadFile; never more than one byte beyond the limit is read."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise BadFile(path.name, [Problem(1, "file", error.strerror or "cannot be read")]) from error
    if len(content) > LARGEST_FILE_BYTES:
        raise BadFile(path.name, [Problem(1, "file", f"is larger than {LARGEST_FILE_BYTES} bytes")])
    return content
