"""The OpenAPI document, and whether the service keeps what it promises."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from schemathesis import Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema

from booking_adapters.http import requests
from tests.effort import scaled
from tests.integration.http.asking import Client
from tests.integration.http.wiring import STAFF, the_api

Operation = APIOperation[Any, Any, Any, Any]
EXAMPLES = scaled(10)
# A schema cannot say everything (an end after its start), so what it allows may be refused all the same.
LEFT_OUT = [schemathesis.checks.positive_data_acceptance]
REFUSAL_OF_WRONG_DATA = schemathesis.checks.negative_data_rejection
PATHS = {
    "tenant_key": ["clinic", "city-tours", "alpine-cabins", "car-rental"],
    "service_key": ["visit", "tour", "cabin", "car"],
    "resource_key": ["anna", "tour", "cabin-1"],
}
"""Keys that exist, so that more is tried than how the unknown is not found."""


@pytest.fixture(scope="module")
def document() -> Mapping[str, Any]:
    with TestClient(the_api().app) as client:
        read: Mapping[str, Any] = client.get("/schema/openapi.json").json()
    return read


def operations(document: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_the_document_is_openapi_3_1(document: Mapping[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert len(operations(document)) == 116


def schemas_within(part: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, Mapping):
        yield part
    if isinstance(part, Mapping | list):
        for each in part.values() if isinstance(part, Mapping) else part:
            yield from schemas_within(each)


def test_no_choice_of_the_document_includes_anything_at_all(document: Mapping[str, Any]) -> None:
    choices = [each["oneOf"] for each in schemas_within(document) if isinstance(each.get("oneOf"), list)]
    assert choices
    assert not [choice for choice in choices if {} in choice]


def test_every_operation_is_summed_up_and_documents_its_problems(document: Mapping[str, Any]) -> None:
    for name, operation in operations(document):
        assert all(operation[part] for part in ("summary", "description", "tags")), name
        refused = {code: each for code, each in operation["responses"].items() if code >= "400"}
        assert refused or name == "GET /health/live"
        for code, response in refused.items():
            assert list(response["content"]) == ["application/problem+json"], (name, code)


def test_only_staff_operations_ask_for_the_token(document: Mapping[str, Any]) -> None:
    for name, operation in operations(document):
        assert ("security" in operation) == ("/staff/" in name), name


def test_bodies_let_nothing_unknown_in_and_show_an_example(document: Mapping[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, kind in vars(requests).items():
        if attrs.has(kind) and kind.__module__ == requests.__name__:
            assert schemas[name]["additionalProperties"] is False
    assert schemas["BookBody"]["examples"][0]["customer"]["name"] == "Ada Lovelace"
    assert not {"price", "status", "tenant", "waived"} & schemas["BookBody"]["properties"].keys()


def test_the_examples_of_the_document_work(client: Client, document: Mapping[str, Any]) -> None:
    example = document["components"]["schemas"]["BookBody"]["examples"][0]
    assert client.post("/v1/clinic/reservations", json=example).status_code == 201


@pytest.fixture(scope="module")
def schema() -> BaseSchema:
    found: BaseSchema = schemathesis.openapi.from_asgi("/schema/openapi.json", the_api().app)
    return found


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_the_answers_are_those_of_the_document(
    schema: BaseSchema, mode: GenerationMode
) -> None:
    tried = 0
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), "every operation of the document can be read"
        operation = result.ok()
        if mode is GenerationMode.POSITIVE or can_be_wrong(operation):
            send_many(operation, mode)
            tried += 1
    assert tried >= 20


def can_be_wrong(operation: Operation) -> bool:
    """Whether there is anything to get wrong: a parameter that is not simply some text, or a body."""
    return bool(list(operation.query) or list(operation.headers) or list(operation.body))


def send_many(operation: Operation, mode: GenerationMode) -> None:
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), choice=st.integers(0, 3))
    def send(case: Case[Any], choice: int) -> None:
        for name, keys in PATHS.items():
            if name in case.path_parameters:
                case.path_parameters[name] = keys[choice % len(keys)]
        left_out = LEFT_OUT if is_wrong_beyond_what_is_put_right(case) else [*LEFT_OUT, REFUSAL_OF_WRONG_DATA]
        case.call_and_validate(headers=STAFF, excluded_checks=left_out)

    send()


def is_wrong_beyond_what_is_put_right(case: Case[Any]) -> bool:
    """Whether more is wrong than the keys in the path and the token, which the request is sent with all the same."""
    assert case.meta is not None
    wrong = {where for where, made in case.meta.components.items() if made.mode is GenerationMode.NEGATIVE}
    return bool(wrong - {ParameterLocation.PATH, ParameterLocation.HEADER})
