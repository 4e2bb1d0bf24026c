"""Examples of bodies for the OpenAPI document: one of each request, as a program would send it."""

from dataclasses import dataclass
from typing import Any, Final

from litestar.openapi.spec import Example, OpenAPIMediaType, Operation, RequestBody

_JSON: Final = "application/json"


def operation(example: dict[str, Any]) -> type[Operation]:
    """An operation whose body is shown with `example` (`@post(operation_class=...)`)."""

    @dataclass
    class WithExample(Operation):
        """Adds the example to the body that the framework has described."""

        def __post_init__(self) -> None:
            body = self.request_body
            media = body.content.get(_JSON) if isinstance(body, RequestBody) else None
            if isinstance(media, OpenAPIMediaType):
                media.examples = {"example": Example(value=example)}

    return WithExample
