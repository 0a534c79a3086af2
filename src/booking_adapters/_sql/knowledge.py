"""What a process may remember of a database, because it never changes there: catalog versions and policies."""

import threading
from collections import OrderedDict
from functools import lru_cache
from typing import Generic, TypeVar
from uuid import UUID

from booking_adapters._codec.catalog import fingerprint_of, policy_data, policy_of
from booking_adapters._sql import queries
from booking_adapters._sql.session import Session
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Policy

K = TypeVar("K")
V = TypeVar("V")

MOST_CATALOGS = 256
MOST_POLICIES = 4_096


class Recent(Generic[K, V]):
    """The entries used last, at most `most` of them, for all threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._entries: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The entry, or None."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember an entry, and forget the one that was longest unused."""
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)

    def forget(self) -> None:
        """Forget all."""
        with self._lock:
            self._entries.clear()


class Knowledge:
    """One store's. Only what is committed may be learnt."""

    def __init__(self) -> None:
        self._catalogs: Recent[UUID, Catalog] = Recent(MOST_CATALOGS)
        self._policies: Recent[str, Policy] = Recent(MOST_POLICIES)
        self._kept: Recent[tuple[UUID, str], Policy] = Recent(MOST_POLICIES)

    def catalog(self, tenant: UUID, version: int) -> Catalog | None:
        """A version of a tenant's catalog, where it is the one seen last."""
        found = self._catalogs.get(tenant)
        return found if found is not None and found.version == version else None

    def learn_catalog(self, tenant: UUID, catalog: Catalog) -> None:
        """Remember a committed catalog."""
        self._catalogs.put(tenant, catalog)

    def policy(self, session: Session, fingerprint: str) -> Policy:
        """The policy of a fingerprint, which a reservation refers to."""
        known = self._policies.get(fingerprint)
        if known is None:
            ((document,),) = session.select(queries.POLICY_BY_FINGERPRINT, fingerprint=fingerprint)
            known = policy_of(document)
            self._policies.put(fingerprint, known)
        return known

    def keep_policy(self, session: Session, policy: Policy) -> str:
        """The policy's fingerprint, under which the tenant keeps it from now on."""
        fingerprint, document = described(policy)
        if self._kept.get((session.tenant, fingerprint)) is None:
            session.change(queries.ADD_POLICY, fingerprint=fingerprint, document=document)
            session.when_committed(lambda: self._kept.put((session.tenant, fingerprint), policy))
        return fingerprint

    def forget_kept_policies(self) -> None:
        """Look again which policies are kept: a reference to one failed (the database was restored)."""
        self._kept.forget()


@lru_cache(MOST_POLICIES)
def described(policy: Policy) -> tuple[str, object]:
    """A policy's fingerprint and document."""
    return fingerprint_of(policy), policy_data(policy)
