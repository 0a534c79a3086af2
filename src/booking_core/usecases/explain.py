"""Why is 10:00 not offered?"""

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Refusal, Violation
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.reading import Reader
from booking_core.usecases.search_slots import own_claims
from booking_core.usecases.wanted import Wanted


@attrs.frozen(kw_only=True)
class ExplainQuery:
    """One candidate, as it would be booked."""

    tenant: TenantId
    wanted: Wanted
    session: str = ""


@attrs.frozen(kw_only=True)
class Explain:
    """Answers with every reason why a candidate cannot be booked."""

    begin: UnitOfWork
    clock: Clock
    reader: Reader
    rules: RuleBook

    def __call__(self, query: ExplainQuery) -> tuple[Violation, ...]:
        """The violations; none means that it can be booked."""
        at = self.clock.now()
        with self.begin.reading(query.tenant) as tx:
            catalog = tx.catalogs.load()
            service = catalog.service(query.wanted.service)
            request = query.wanted.request(catalog, service)
            without = own_claims(tx, query.session, service)
            view = self.reader.for_request(tx, catalog, service, request, at, without=without)
        answer = evaluate(request, view.snapshot, at, self.rules)
        return answer.violations if isinstance(answer, Refusal) else ()
