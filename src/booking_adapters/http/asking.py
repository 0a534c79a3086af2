"""What a request to a business comes with, looked up once and where it is needed: in the thread of its handler."""

from functools import cached_property

import attrs
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.engine import Engine
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.show import ShowQuery


@attrs.frozen
class Asking:
    """Somebody asks something of one business."""

    engine: Engine
    actor: Actor
    tenant_key: str

    @cached_property
    def tenant(self) -> TenantId:
        """The business; raises NotFound."""
        return p.tenant_of(self.engine.tenants, self.tenant_key)

    @cached_property
    def catalog(self) -> Catalog:
        """What the business offers; raises NotFound."""
        return self.engine.show_catalog(self.tenant)

    def named(self, reference: str) -> Reservation:
        """The reservation of a confirmation number or id; raises NotFound."""
        return self.engine.show(ShowQuery(tenant=self.tenant, reservation=p.reference_of(reference)))


@attrs.frozen
class AskingAbout(Asking):
    """Somebody asks something about one reservation of a business."""

    reference: str

    @cached_property
    def reservation(self) -> Reservation:
        """The reservation of the confirmation number or id; raises NotFound."""
        return self.named(self.reference)

    @property
    def id(self) -> ClaimId:
        """The id of the reservation; raises NotFound."""
        return self.reservation.id


TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
Asked = NamedDependency[SkipValidation[Asking]]
AskedAbout = NamedDependency[SkipValidation[AskingAbout]]


def asked(*, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey) -> Asking:
    """What a handler takes as `asked`."""
    return Asking(engine, actor, tenant_key)


def about(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, reference: p.Reference
) -> AskingAbout:
    """What a handler of one reservation takes as `about`."""
    return AskingAbout(engine, actor, tenant_key, reference)
