"""How Litestar is told to read bodies with `json_bodies` instead of its own lenient reader."""

from collections.abc import Generator
from typing import Any

from litestar import Request
from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.exceptions import InternalServerException
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from booking_adapters.http.json_bodies import read_body
from booking_adapters.http.refusals import ClientGone, WrongMediaType

NOTHING = b"{}"


class PlainRequest(Request[Any, Any, Any]):
    """A request whose empty body reads as an object without fields, so that what is missing can be named."""

    async def body(self) -> bytes:
        """The body's bytes; raises ClientGone where they do not all arrive."""
        try:
            return await super().body() or NOTHING
        except InternalServerException as gone:
            raise ClientGone("the connection ended before the body did") from gone


class StrictJson(AbstractDTO[Any]):
    """Reads the body as the class that the handler's `data` is annotated with."""

    def decode_bytes(self, value: bytes) -> Any:
        """The request; raises WrongMediaType, InvalidJson or InvalidFields."""
        connection = self.asgi_connection
        assert isinstance(connection, Request)
        media_type = connection.content_type[0]
        if value != NOTHING and media_type != "application/json":
            raise WrongMediaType(
                f"send the body as application/json, not as {media_type or 'nothing in particular'}"
            )
        kind: type[Any] = connection.route_handler.parsed_fn_signature.parameters["data"].annotation
        return read_body(value, kind)

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, backend_cls: Any = None
    ) -> None:
        """Nothing is made ahead."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any
    ) -> Reference | Schema:
        """The schema of the annotated class."""
        del handler_id
        schema: Reference | Schema = schema_creator.for_field_definition(field_definition)
        return schema

    @classmethod
    def is_supported_model_type_field(cls, field_definition: FieldDefinition) -> bool:
        """Every class that is annotated."""
        del field_definition
        return True

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:
        """None: no class is made of the fields."""
        del model_type
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """No field is looked into."""
        del field_definition
        return False
