"""Examples of bodies for the OpenAPI document: those that a route names itself, and for all other bodies one by the names of their fields
(`example_words.toml`). Every answer that is no success is described as the `ErrorBody` that it is."""

import tomllib
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Example, OpenAPIMediaType, Operation, RequestBody

from sync.contract.codes import ErrorCode

_JSON: Final = "application/json"
_WORDS: Final = Path(__file__).with_name("example_words.toml")
#: Who asks is in the head of a request; only devices name a person's session.
_LEFT_OUT: Final = frozenset({"session"})
_DAY: Final = "2026-12-01"
_FORMATS: Final = {"date": _DAY, "date-time": "2026-11-23T09:30:00Z", "time": "16:00:00"}
_ERRORS: Final = {
    "400": ("invalid", "what cannot be read or kept"),
    "401": ("unauthenticated", "unknown or revoked key"),
    "403": ("forbidden", "this key does not open orders:write"),
}
_ERROR: Final = "ErrorBody"
Json = dict[str, Any]


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


class WithExamples(JsonRenderPlugin):
    """The description as JSON, with an example of every body."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: Json) -> bytes:
        """See the base class."""
        return super().render(request, filled(openapi_schema))


class NoWord(KeyError):
    """Nobody has said what stands in such a field: its name, and the schema or route that has it."""


def filled(spec: Json, *, strict: bool = False) -> Json:
    """The description with examples and errors. `strict`: raises `NoWord` for a field of which nobody said what it may hold; otherwise
    something of its type stands there."""
    spec = deepcopy(spec)
    writer = _Writer(spec["components"]["schemas"], strict)
    spec["components"]["schemas"].setdefault(_ERROR, _error_schema())
    for path, methods in spec["paths"].items():
        for method, described in methods.items():
            where = f"{method} {path}"
            _show(described.get("requestBody", {}), where, writer, asked=True)
            for status, answer in described.get("responses", {}).items():
                if status.startswith("2"):
                    _show(answer, where, writer, asked=False)
            responses = described.setdefault("responses", {})
            _tell_errors(responses, _ERRORS if path.startswith("/v1/") else _ERRORS.keys() & responses.keys())
    _unite_numbers(spec["components"]["schemas"])
    return spec


def _show(part: Json, where: str, writer: "_Writer", *, asked: bool) -> None:
    media = part.get("content", {}).get(_JSON)
    if media is not None and "examples" not in media:
        media["examples"] = {"example": {"value": writer.value(media["schema"], "", where, asked=asked)}}


def _unite_numbers(part: Any) -> None:
    """A whole number is a number too: of both only the wider one can stand in a choice of exactly one."""
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _unite_numbers(one)
    if isinstance(part, dict) and {"type": "number"} in (choice := part.get("oneOf") or []):
        part["oneOf"] = [one for one in choice if one != {"type": "integer"}]


def _tell_errors(responses: Json, statuses: Iterable[str]) -> None:
    for status in sorted(statuses):
        code, detail = _ERRORS[status]
        example = {"error": code, "detail": detail, "epoch": 1, "server_time": _server_time()}
        responses[status] = {
            "description": responses.get(status, {}).get("description") or detail,
            "content": {
                _JSON: {
                    "schema": {"$ref": f"#/components/schemas/{_ERROR}"}, "examples": {"example": {"value": example}}
                }
            },
        }  # fmt: skip


def _error_schema() -> Json:
    text, number = {"type": "string"}, {"type": ["integer", "null"]}
    codes = {"type": "string", "enum": [code.value for code in ErrorCode]}
    fields = {
        "error": codes, "detail": text, "epoch": {"type": "integer"}, "server_time": text, "last_seq": number,
        "chain_at_last": {"type": ["string", "null"]}, "retry_after_s": number,
    }  # fmt: skip
    needed = ["error", "detail", "epoch", "server_time"]
    return {"type": "object", "title": _ERROR, "properties": fields, "required": needed}


def _server_time() -> str:
    return str(_words()["string"]["server_time"])


class _Writer:
    """Makes values by schema; `name` is the field's, `where` the schema or route that has it."""

    def __init__(self, schemas: Json, strict: bool) -> None:
        self._schemas, self._strict = schemas, strict

    def value(self, schema: Json, name: str, where: str, *, asked: bool, depth: int = 0) -> Any:
        """A value that the schema allows."""
        own = _words()["of"].get(f"{where}.{name}" if name else where)
        if own is not None:
            return own
        if "$ref" in schema:
            where = schema["$ref"].rpartition("/")[2]
            return self.value(self._schemas[where], name, where, asked=asked, depth=depth + 1)
        for one in ("oneOf", "anyOf", "allOf"):
            if one in schema:
                best = next((each for each in schema[one] if each.get("type") != "null"), schema[one][0])
                return self.value(best, name, where, asked=asked, depth=depth)
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        return self._plain(schema, name, where, asked, depth)

    def _plain(self, schema: Json, name: str, where: str, asked: bool, depth: int) -> Any:
        kinds = schema.get("type", "object")
        kind = kinds if isinstance(kinds, str) else next(one for one in kinds if one != "null")
        if kind == "object":
            return self._object(schema, name, where, asked, depth)
        if kind == "array":
            inner = schema.get("prefixItems") or [schema.get("items") or {"type": "string"}]
            # What holds itself ends somewhere.
            return [self.value(one, name, where, asked=asked, depth=depth) for one in inner] if depth < 8 else []
        if kind == "boolean":
            return schema.get("default", True)
        if kind == "string" and schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        return self._word("integer" if kind == "number" else kind, name, where, "text" if kind == "string" else 1)

    def _object(self, schema: Json, name: str, where: str, asked: bool, depth: int) -> Any:
        if "properties" not in schema:
            return deepcopy(self._word("object", name, where, {}))
        return {
            field: self.value(one, field, where, asked=asked, depth=depth + 1)
            for field, one in schema["properties"].items()
            if not (asked and field in _LEFT_OUT) or field in schema.get("required", ())
        }

    def _word(self, kind: str, name: str, where: str, otherwise: Any) -> Any:
        found = _words()[kind].get(name)
        if found is None and self._strict:
            raise NoWord(f"{where}.{name} ({kind})")
        return otherwise if found is None else found


@cache
def _words() -> dict[str, Json]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))
