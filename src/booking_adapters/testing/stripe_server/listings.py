"""Lists in pages, search by fields and metadata, and expanding ids into the objects they stand for."""

import copy
import re
from collections.abc import Callable, Iterable

from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.wire import Json, invalid_request

DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100
DEEPEST_EXPANSION = 4
MOST_CLAUSES = 10
PAGING = frozenset({"limit", "starting_after", "ending_before", "created", "expand"})

_CLAUSE = re.compile(
    r"""(-?)(?:metadata\[(["'])(?P<key>[^"']+)\2\]|(?P<field>[a-z_.]+))\s*"""
    r"""(?P<operator>:|>=|<=|>|<)\s*(?:(["'])(?P<text>[^"']*)\6|(?P<number>\d+)|(?P<null>null))"""
)
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ":": lambda value, bound: value == bound,
}


def page(objects: Iterable[Json], params: Json, url: str) -> Json:
    """One page of a list, newest first, with the objects that the other parameters pick by equality."""
    chosen = [each for each in objects if _is_wanted(each, params)]
    limit = _limit(params)
    places = {each["id"]: place for place, each in enumerate(chosen)}
    if "ending_before" in params:
        end = _place(places, params, "ending_before")
        start = max(end - limit, 0)
        data, has_more = chosen[start:end], start > 0
    else:
        start = _place(places, params, "starting_after") + 1 if "starting_after" in params else 0
        data, has_more = chosen[start : start + limit], len(chosen) > start + limit
    return {"object": "list", "url": url, "has_more": has_more, "data": data}


def search(account: Account, kind: str, params: Json, url: str) -> Json:
    """One page of what a query finds; what was created in the last minute is not in the index yet."""
    wanted = _query(params["query"])
    newest = account.now() - account.search_delay_seconds
    found = [each for each in account.every(kind) if each["created"] <= newest and wanted(each)]
    start = _token(params.get("page", "0"))
    limit = _limit(params)
    has_more = len(found) > start + limit
    return {
        "object": "search_result",
        "url": url,
        "has_more": has_more,
        "next_page": str(start + limit) if has_more else None,
        "data": found[start : start + limit],
    }


def expanded(account: Account, answer: Json, paths: Iterable[str]) -> Json:
    """A copy of an answer in which the named ids are replaced by their objects; raises ApiError."""
    whole = copy.deepcopy(answer)
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEEPEST_EXPANSION:
            raise invalid_request(f"Only {DEEPEST_EXPANSION} levels can be expanded: {path}", param="expand")
        _expand(account, whole, parts, path)
    return whole


def _expand(account: Account, object: Json, parts: list[str], path: str) -> None:
    name, *rest = parts
    if isinstance(object.get(name), list) and name == "data":
        for each in object["data"]:
            _expand(account, each, rest, path)
        return
    if not isinstance(object.get(name, 0), str | dict | None):
        raise invalid_request(f"This property cannot be expanded ({path}).", param="expand")
    value = object[name]
    if isinstance(value, str):
        found = account.expandable(value)
        if found is None:
            raise invalid_request(f"This property cannot be expanded ({path}).", param="expand")
        object[name] = value = copy.deepcopy(found)
    if rest and isinstance(value, dict):
        _expand(account, value, rest, path)


def _is_wanted(object: Json, params: Json) -> bool:
    created = params.get("created")
    if isinstance(created, int) and object["created"] != created:
        return False
    if isinstance(created, dict):
        signs = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
        if not all(_COMPARE[signs[name]](object["created"], bound) for name, bound in created.items()):
            return False
    if "types" in params and object["type"] not in params["types"]:
        return False
    return all(object.get(name) == value for name, value in params.items() if name not in PAGING | {"types"})


def _limit(params: Json) -> int:
    limit = int(params.get("limit", DEFAULT_LIMIT))
    if not 1 <= limit <= LARGEST_LIMIT:
        message = f"limit must be from 1 to {LARGEST_LIMIT}"
        raise invalid_request(message, code="parameter_invalid_integer", param="limit")
    return limit


def _place(places: dict[str, int], params: Json, name: str) -> int:
    if params[name] not in places:
        raise invalid_request(
            f"No such object in this list: {params[name]}", code="resource_missing", param=name
        )
    return places[params[name]]


def _token(text: str) -> int:
    if not (text.isdecimal() and text.isascii()):
        raise invalid_request("Invalid page", param="page")
    return int(text)


def _query(text: str) -> Callable[[Json], bool]:
    """A predicate of a query in Stripe's search language: clauses joined by AND, or by OR, not by both."""
    has_or = re.search(r"\sOR\s", text) is not None
    if has_or and re.search(r"\sAND\s", text):
        raise invalid_request("A query cannot mix AND and OR", param="query")
    parts = re.split(r"\s+OR\s+" if has_or else r"\s+AND\s+", text.strip())
    if len(parts) > MOST_CLAUSES:
        raise invalid_request(f"A query has at most {MOST_CLAUSES} clauses", param="query")
    clauses = [_clause(part) for part in parts]
    together = any if has_or else all
    return lambda found: together(clause(found) for clause in clauses)


def _clause(text: str) -> Callable[[Json], bool]:
    matched = _CLAUSE.fullmatch(text.strip())
    if matched is None:
        raise invalid_request(f"The query cannot be read at: {text[:100]}", param="query")
    is_negated = matched[1] == "-"
    operator = matched["operator"]
    if matched["number"] is None and operator != ":":
        raise invalid_request("Only numbers can be compared", param="query")

    def holds(object: Json) -> bool:
        value = object["metadata"].get(matched["key"]) if matched["key"] else object.get(matched["field"])
        if matched["null"]:
            fits = value is None
        elif matched["number"] is not None:
            fits = isinstance(value, int) and _COMPARE[operator](value, int(matched["number"]))
        else:
            fits = value == matched["text"]
        return fits is not is_negated

    return holds
