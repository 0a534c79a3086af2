"""One request from its headers to its answer: who asks, what for, was it asked before, does it go wrong."""

import base64
import binascii
import json
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import attrs
import stripe

from booking_adapters.testing.stripe_server import listings, parameters, routes
from booking_adapters.testing.stripe_server.account import Account, Cause
from booking_adapters.testing.stripe_server.faults import LONGEST_SECONDS, Fault, FaultKind, Faults
from booking_adapters.testing.stripe_server.idempotency import IdempotencyKeys, in_use
from booking_adapters.testing.stripe_server.wire import (
    ApiError,
    Json,
    Response,
    decode_form,
    invalid_request,
)

REMEMBERED_REQUESTS = 10_000
LOCK_PATIENCE_SECONDS = 1.0
"""How long a request waits for another one on the same object before it gives up with lock_timeout."""


@attrs.frozen(kw_only=True)
class Request:
    """What came over the wire; `fields` is the query of a GET or DELETE, the body of a POST."""

    method: str
    path: str
    fields: str = ""
    headers: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Seen:
    """A request that the server saw, for tests to count; `status` is None where no answer was sent."""

    method: str
    path: str
    idempotency_key: str | None
    status: int | None


class Silence(Exception):
    """No answer is to be sent: the connection hangs for some seconds (0: not at all) and is then reset."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Api:
    """Stripe's API over one account. Safe to call from many threads."""

    def __init__(self, account: Account, api_key: str) -> None:
        self.account = account
        self.api_key = api_key
        self.faults = Faults()
        self.closing = threading.Event()
        self.seen: deque[Seen] = deque(maxlen=REMEMBERED_REQUESTS)
        self.keys = IdempotencyKeys(account.now)
        self._busy: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def answer(self, request: Request) -> Response:
        """The answer; raises Silence where there is to be none."""
        request_id = self.account.new_id("req")
        status: int | None = None
        try:
            self.account.settle()
            fault = self.faults.take(request.method, request.path)
            response = self._answer(request, request_id, fault)
            if fault and fault.kind in {FaultKind.HANG_AFTER, FaultKind.RESET_AFTER}:
                raise _silence(fault)
            status = response.status
        except ApiError as error:
            response = self._refusal(error)
            status = response.status
        finally:
            key = request.headers.get("Idempotency-Key")
            self.seen.append(
                Seen(method=request.method, path=request.path, idempotency_key=key, status=status)
            )
        headers = {"Request-Id": request_id, "Stripe-Version": self.account.api_version}
        if key is not None:
            headers["Idempotency-Key"] = key
        return attrs.evolve(response, headers={**headers, **response.headers})

    def _answer(self, request: Request, request_id: str, fault: Fault | None) -> Response:
        if fault:
            _before_arrival(fault)
        self._check_caller(request.headers)
        route, object_id = routes.find(request.method, request.path)
        params = parameters.checked(route.params, decode_form(request.fields), route.supported)
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        if key is None:
            return self._execute(route, object_id, params, fault, Cause(request_id=request_id))
        fingerprint = json.dumps(params, sort_keys=True)
        saved = self.keys.begin(key, path=request.path, fingerprint=fingerprint, request_id=request_id)
        if saved:
            return saved
        try:
            cause = Cause(request_id=request_id, idempotency_key=key)
            response = self._execute(route, object_id, params, fault, cause)
        except BaseException:
            self.keys.give_up(key)
            raise
        self.keys.finish(key, response)
        return response

    def _execute(
        self, route: routes.Route, id: str, params: Json, fault: Fault | None, cause: Cause
    ) -> Response:
        """Run the endpoint; from here on every outcome is an answer. Raises ApiError where the object is busy."""
        with self._alone_with(id if route.method == "POST" else ""):
            if fault and fault.kind is FaultKind.SLOW:
                self.faults.begin_slow()
                self.closing.wait(fault.seconds)
            if fault and fault.kind is FaultKind.ERROR_BEFORE:
                return self._refusal(_broken())
            with self.account.lock:
                self.account.cause = cause
                try:
                    body = route.handler(self.account, id, params)
                    body = listings.expanded(self.account, body, params.get("expand", ()))
                    response = Response(status=200, body=body)
                except ApiError as error:
                    response = self._refusal(error)
        if fault and fault.kind is FaultKind.ERROR_AFTER:
            return self._refusal(_broken())
        return response

    def _refusal(self, error: ApiError) -> Response:
        with self.account.lock:
            body = listings.expanded(self.account, {"error": error.error}, ())
        retry = {} if error.should_retry is None else {"Stripe-Should-Retry": str(error.should_retry).lower()}
        return Response(status=error.status, body=body, headers=retry)

    @contextmanager
    def _alone_with(self, id: str) -> Iterator[None]:
        """Keep others off an object meanwhile."""
        if not id:
            yield
            return
        with self.account.lock:
            lock = self._busy[id]
        if not lock.acquire(timeout=LOCK_PATIENCE_SECONDS):
            raise _lock_timeout()
        try:
            yield
        finally:
            lock.release()

    def _check_caller(self, headers: Mapping[str, str]) -> None:
        scheme, _, credentials = headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            try:
                credentials = base64.b64decode(credentials, validate=True).decode().partition(":")[0]
            except (binascii.Error, UnicodeDecodeError):
                credentials = ""
        if credentials != self.api_key:
            raise invalid_request("Invalid API Key provided", status=401)
        version = headers.get("Stripe-Version", self.account.api_version)
        if version != self.account.api_version:
            message = (
                f"The test server speaks {self.account.api_version}, the SDK's version, not {version[:40]}"
            )
            raise invalid_request(message)


def sdk_version() -> str:
    """The API version that the installed SDK speaks."""
    return str(stripe.api_version)


def _before_arrival(fault: Fault) -> None:
    """What goes wrong before the request means anything."""
    match fault.kind:
        case FaultKind.HANG_BEFORE | FaultKind.RESET_BEFORE:
            raise _silence(fault)
        case FaultKind.UNAVAILABLE:
            error = {"type": "api_error", "message": "The service is unavailable for a moment"}
            raise ApiError(503, error, should_retry=True)
        case FaultKind.KEY_IN_USE:
            raise in_use()
        case FaultKind.LOCK_TIMEOUT:
            raise _lock_timeout()
        case FaultKind.RATE_LIMIT:
            error = {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests"}
            raise ApiError(429, error)


def _silence(fault: Fault) -> Silence:
    is_reset = fault.kind in {FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER}
    return Silence(0 if is_reset else fault.seconds or LONGEST_SECONDS)


def _lock_timeout() -> ApiError:
    message = "The object is being worked on by another request; please try again later"
    error = {"type": "invalid_request_error", "code": "lock_timeout", "message": message}
    return ApiError(429, error, should_retry=True)


def _broken() -> ApiError:
    error = {"type": "api_error", "message": "Something went wrong on the test server, as it was asked to"}
    return ApiError(500, error, should_retry=False)
