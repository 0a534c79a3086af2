"""A catalog as one JSON document, and a policy as one with a fingerprint."""

import hashlib
import json
from typing import Any

import attrs

from booking_adapters._codec.converter import read, write
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.catalog.policy import Policy
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Service
from booking_core.domain.catalog.tenant import Tenant, Venue
from booking_core.domain.pricing.tariff import Tariff


@attrs.frozen(kw_only=True)
class CatalogDocument:
    """A catalog as it is stored: lists in the order of the tenant."""

    tenant: Tenant
    version: int
    venues: tuple[Venue, ...]
    resources: tuple[Resource, ...]
    services: tuple[Service, ...]
    tariffs: tuple[Tariff, ...] = ()
    notices: NoticeSettings = attrs.field(factory=NoticeSettings)


def catalog_data(catalog: Catalog) -> Any:
    """The catalog as JSON-ready data."""
    document = CatalogDocument(
        tenant=catalog.tenant,
        version=catalog.version,
        venues=tuple(catalog.venues.values()),
        resources=tuple(catalog.resources.values()),
        services=tuple(catalog.services.values()),
        tariffs=tuple(catalog.tariffs.values()),
        notices=catalog.notices,
    )
    return write(document)


def catalog_of(data: Any) -> Catalog:
    """The catalog of JSON-ready data, its references checked; raises InvalidInput."""
    document = read(data, CatalogDocument)
    return Catalog.of(
        document.tenant,
        venues=document.venues,
        resources=document.resources,
        services=document.services,
        tariffs=document.tariffs,
        notices=document.notices,
        version=document.version,
    )


def policy_data(policy: Policy) -> Any:
    """The policy as JSON-ready data."""
    return write(policy)


def policy_of(data: Any) -> Policy:
    """The policy of JSON-ready data; raises InvalidInput."""
    return read(data, Policy)


def fingerprint_of(policy: Policy) -> str:
    """The SHA-256 (64 hex digits) of the policy's data: equal policies have the same."""
    text = json.dumps(policy_data(policy), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
