"""The page for programmers says which scope opens which route, as `test_oms_roles` finds it on a running server.

`python -m tests.oms.test_oms_scopes_doc` writes it anew.
"""

from oms.people.keys import OPENS, Scope
from tests.oms.test_oms_roles import EVERYBODY, MATRIX
from tools.integrate_doc import DOC

BEGIN, END = "<!-- routes -->\n", "\n<!-- /routes -->"


def narrowest(route):
    """The scopes that open a route and of which none opens another one that does."""
    opening = {scope for scope in Scope if f"{scope} key" in MATRIX[route]}
    return {scope for scope in opening if not (OPENS.get(scope, frozenset()) - {scope}) & opening}


def opened():
    """Scope -> the routes that it opens and no narrower one does; without those that are open to everybody, or to every key."""
    shut = [
        route for route in sorted(MATRIX, key=lambda route: route[::-1])
        if not MATRIX[route] >= EVERYBODY and route[1] != "/v1/scopes"
    ]  # fmt: skip
    found = {scope: [route for route in shut if scope in narrowest(route)] for scope in Scope}
    return {scope: routes for scope, routes in found.items() if routes}


def table():
    rows = ["| scope | opens |", "|---|---|"]
    for scope, routes in opened().items():
        rows.append(f"| `{scope}` | {', '.join(f'`{method.upper()} {path}`' for method, path in routes)} |")
    return "\n".join(rows)


def filled(text):
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


def test_the_page_says_which_scope_opens_what():
    text = DOC.read_text()
    assert BEGIN in text
    assert filled(text) == text, "run python -m tests.oms.test_oms_scopes_doc"


def test_every_scope_opens_something_and_one_that_looks_opens_nothing_else():
    # Items are read with the stock's scopes; keys that were made with this one stay good.
    assert set(Scope) - set(opened()) == {Scope.CATALOG_READ}
    assert [scope for scope in Scope if scope.endswith(":read") and OPENS.get(scope)] == []


if __name__ == "__main__":
    DOC.write_text(filled(DOC.read_text()))
