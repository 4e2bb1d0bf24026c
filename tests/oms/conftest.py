"""The composed OMS on an own database, for the tests of its rooms."""

import pytest

from oms.bootstrap import open_oms


@pytest.fixture
def oms(database_url):
    """An open OMS with its site `MAIN`; no server."""
    made = open_oms(database_url)
    yield made
    made.close()


def _smallest(spec, operation):
    """The smallest body that an operation's schema allows."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = next(iter(content.values()), {}).get("schema", {})
    return _value(spec, schema)


def _value(spec, schema):
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return schema["enum"][0]
    kinds = {"string": "0", "integer": 0, "boolean": False, "array": []}
    if schema.get("type") == "array" and "prefixItems" in schema:
        return [_value(spec, one) for one in schema["prefixItems"]]
    if schema.get("type") == "object" or "properties" in schema:
        return {
            name: _value(spec, one)
            for name, one in schema.get("properties", {}).items()
            if name in schema.get("required", ())
        }
    return kinds.get(schema.get("type"))


@pytest.fixture
def smallest_body():
    """(OpenAPI document, operation) -> the smallest body that the operation's schema allows."""
    return _smallest
