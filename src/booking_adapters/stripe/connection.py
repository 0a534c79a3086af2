"""The official SDK, connected with limits of our own."""

from stripe import RequestsClient, StripeClient

TIMEOUT_SECONDS = 10.0
"""For connecting, and between two bytes of an answer; the SDK's own limit is 80 seconds."""


def connect(api_key: str, *, url: str = "", timeout_seconds: float = TIMEOUT_SECONDS) -> StripeClient:
    """A client of Stripe, or of the server at `url` that speaks as Stripe does.

    It never repeats a request by itself: whoever sends an intent repeats it with the same key, and knows that it
    did.
    """
    http = RequestsClient(timeout=timeout_seconds)
    if url:
        return StripeClient(api_key, base_addresses={"api": url}, http_client=http, max_network_retries=0)
    return StripeClient(api_key, http_client=http, max_network_retries=0)
