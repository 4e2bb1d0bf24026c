"""The customer's page to hear no more: asks once more, or says that it is done. A link that is only opened changes nothing: mail programs
open links to look at them."""

import tomllib
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

_HERE: Final = Path(__file__).parent
_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:36em;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "button{font:inherit;padding:.6rem 1.2rem;border-radius:.5rem;cursor:pointer}"
)


def render(language: str, what: str) -> str:
    """A page: `ask` (with the button), `done`, `unknown` or `busy`."""
    words = _texts()[language]
    return _template().render(
        language=language, style=_STYLE, title=words[what], note=words[f"{what}_note"],
        button=words["button"] if what == "ask" else "",
    )  # fmt: skip


def headers() -> dict[str, str]:
    """What goes with every page: nothing is loaded, kept, framed, indexed or told to others; the form goes back to where it came from."""
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    }


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((_HERE / "leaving_texts.toml").read_text(encoding="utf-8"))


@cache
def _template() -> Template:
    made = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
    return made.get_template("leaving.html")
