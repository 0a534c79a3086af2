"""Webhook endpoints: the addresses that are told of events."""

from urllib.parse import urlsplit

from booking_adapters.testing.stripe_server import shapes
from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.fields import assign, merge_metadata
from booking_adapters.testing.stripe_server.wire import Json, invalid_request


def create(account: Account, _id: str, params: Json) -> Json:
    """A new endpoint; this answer is the only one that tells its secret."""
    endpoint = shapes.webhook_endpoint(account, _checked(params["url"]), params["enabled_events"])
    assign(endpoint, params, ("description",))
    merge_metadata(endpoint, params)
    return account.add(endpoint)


def retrieve(account: Account, id: str, _params: Json) -> Json:
    """An endpoint without its secret."""
    return without_secret(account.find("webhook_endpoint", id))


def update(account: Account, id: str, params: Json) -> Json:
    """Change an endpoint, or switch it off and on."""
    endpoint = account.find("webhook_endpoint", id)
    if "url" in params:
        endpoint["url"] = _checked(params["url"])
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    assign(endpoint, params, ("description", "enabled_events"))
    merge_metadata(endpoint, params)
    return without_secret(endpoint)


def delete(account: Account, id: str, _params: Json) -> Json:
    """Forget an endpoint."""
    account.remove(account.find("webhook_endpoint", id))
    return {"id": id, "object": "webhook_endpoint", "deleted": True}


def without_secret(endpoint: Json) -> Json:
    """The endpoint as everybody may see it."""
    return {name: value for name, value in endpoint.items() if name != "secret"}


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid_request("Invalid URL: it must be http or https", code="url_invalid", param="url")
    return url
