"""Run the server until it is interrupted: `python -m booking_adapters.testing.stripe_server --port 12111`."""

import argparse
import signal
import sys
import threading

from booking_adapters.testing.stripe_server import StripeServer


def main(arguments: list[str]) -> int:
    """Serve, print where, and end on SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(
        prog="stripe_server", description="A Stripe for tests, on this machine only."
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--webhook", metavar="URL", help="an address that is told of all events")
    options = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    with StripeServer(port=options.port) as server:
        lines = [f"url: {server.url}", f"api key: {server.api_key}"]
        if options.webhook:
            lines.append(f"webhook secret: {server.send_webhooks_to(options.webhook)}")
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
