"""Writes the tables of `docs/integrate.md` (scopes, events) from the code: `python -m tools.integrate_doc`. A test keeps them equal."""

import json
from pathlib import Path

from oms.hooks.catalogue import CATALOGUE, example
from oms.people.keys import OPENS, Scope
from oms.sales.codes import EventKind

DOC = Path(__file__).parents[1] / "docs" / "integrate.md"


def filled(text: str) -> str:
    """The page with its tables as the code has them."""
    for name, table in (("scopes", _scopes()), ("events", _events())):
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition(f"<!-- /{name} -->")
        text = f"{before}<!-- {name} -->\n{table}\n<!-- /{name} -->{after}"
    return text


def _scopes() -> str:
    rows = ["| scope | opens also |", "|---|---|"]
    for scope in Scope:
        also = "everything" if scope is Scope.ADMIN else ", ".join(f"`{one}`" for one in sorted(OPENS.get(scope, ())))
        rows.append(f"| `{scope}` | {also} |")
    return "\n".join(rows)


def _events() -> str:
    rows = ["| kind | what happened | words |", "|---|---|---|"]
    for kind, one in CATALOGUE.items():
        rows.append(f"| `{kind}` | {one.says} | {', '.join(f'`{word}`' for word in one.words)} |")
    shown = json.dumps(example(EventKind.BACKORDERED), indent=2)
    return "\n".join(rows) + f"\n\n```json\n{shown}\n```"


def main() -> None:
    """Rewrites the page."""
    DOC.write_text(filled(DOC.read_text()))


if __name__ == "__main__":
    main()
