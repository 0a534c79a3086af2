"""How operations are declared: what is refused beside what all may refuse, and that they work in a thread."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler

from booking_adapters.http.document import STAFF, refusals

Declared = Callable[[Callable[..., Any]], HTTPRouteHandler]


def _declared(
    method: Callable[..., Any], path: str, operation_id: str, summary: str, *refused: int, **more: Any
) -> Declared:
    declared: Declared = method(
        path,
        operation_id=operation_id,
        summary=summary,
        responses={**more.pop("responses", {}), **refusals(*refused)},
        sync_to_thread=True,
        **more,
    )
    return declared


def read(path: str, operation_id: str, summary: str, *refused: int, **more: Any) -> Declared:
    """Somebody looks at something; nothing changes. `more` is the framework's own."""
    return _declared(get, path, operation_id, summary, *refused, **more)


def create(path: str, operation_id: str, summary: str, *refused: int, **more: Any) -> Declared:
    """Something new comes to be: 201."""
    return _declared(post, path, operation_id, summary, *refused, **more)


def change(path: str, operation_id: str, summary: str, *refused: int, **more: Any) -> Declared:
    """Something that exists changes: 200 with how it is now."""
    return _declared(post, path, operation_id, summary, *refused, status_code=HTTPStatus.OK, **more)


def end(path: str, operation_id: str, summary: str, *refused: int, **more: Any) -> Declared:
    """Something ends: 204."""
    return _declared(delete, path, operation_id, summary, *refused, **more)


def staff_read(path: str, operation_id: str, summary: str, *refused: int, **more: Any) -> Declared:
    """As `read`, for staff."""
    return read(path, operation_id, summary, *STAFF, *refused, **more)


def staff_create(path: str, operation_id: str, summary: str, *refused: int, **more: Any) -> Declared:
    """As `create`, for staff."""
    return create(path, operation_id, summary, *STAFF, *refused, **more)


def staff_change(path: str, operation_id: str, summary: str, *refused: int, **more: Any) -> Declared:
    """As `change`, for staff."""
    return change(path, operation_id, summary, *STAFF, *refused, **more)


def staff_end(path: str, operation_id: str, summary: str, *refused: int, **more: Any) -> Declared:
    """As `end`, for staff."""
    return end(path, operation_id, summary, *STAFF, *refused, **more)
