"""The customer's page: how far the parcels of an order are, as HTML without scripts, for a phone first. The tracking route calls it."""

import tomllib
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from oms.shipping.links import Journey
from sync.contract.shipping import Delivery, DeliveryRow

_HERE: Final = Path(__file__).parent
LANGUAGES: Final = ("en", "nl", "de", "da")
_STEPS: Final = (Delivery.ANNOUNCED, Delivery.HANDED_OVER, Delivery.OUT_FOR_DELIVERY, Delivery.DELIVERED)
#: Where each state stands on the way of four steps; those that are not here went another way.
_REACHED: Final = {
    Delivery.ANNOUNCED: 0,
    Delivery.HANDED_OVER: 1,
    Delivery.IN_TRANSIT: 1,
    Delivery.OUT_FOR_DELIVERY: 2,
    Delivery.ATTEMPT_FAILED: 2,
    Delivery.AT_PICKUP_POINT: 2,
    Delivery.DELIVERED: 3,
}
_TONES: Final = {
    Delivery.DELIVERED: "good",
    Delivery.AT_PICKUP_POINT: "good",
    Delivery.ATTEMPT_FAILED: "warn",
    Delivery.RETURNING: "warn",
    Delivery.RETURNED: "warn",
}


@dataclass(frozen=True, slots=True)
class _Page:
    """What never changes while the program runs."""

    template: Template
    style: str
    texts: dict[str, dict[str, Any]]
    policy: str


@cache
def _page() -> _Page:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = (_HERE / "tracking.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    texts = tomllib.loads((_HERE / "tracking_texts.toml").read_text(encoding="utf-8"))
    return _Page(environment.get_template("tracking.html"), style, texts, policy)


def headers() -> dict[str, str]:
    """What goes with every page: nothing is loaded, kept, framed, indexed or told to others."""
    return {
        "Content-Security-Policy": _page().policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Vary": "Accept-Language",
    }


def language_of(chosen: str, accepted: str) -> str:
    """The language of a page: the one chosen on it, else the best of what the browser asks for (RFC 9110, 12.5.4), else English."""
    if chosen in LANGUAGES:
        return chosen
    best: tuple[float, str] = (0.0, "en")
    for part in accepted[:200].split(","):
        name, _, weight = part.strip().partition(";q=")
        code = name.strip().lower().partition("-")[0]
        if code in LANGUAGES and (worth := _weight(weight)) > best[0]:
            best = (worth, code)
    return best[1]


def _weight(text: str) -> float:
    plain = text.strip()
    if not plain:
        return 1.0
    digits = plain.replace(".", "", 1)
    return min(1.0, float(plain)) if digits.isascii() and digits.isdigit() and len(plain) <= 5 else 0.0


def render(found: Journey, language: str) -> str:
    """The page of an order."""
    words = _page().texts[language]
    if found.cancelled:
        return _html(language, words["cancelled"], words["order"].format(order=found.order), words["cancelled_note"])
    parcels = [_parcel(words, row, len(found.parcels)) for row in found.parcels]
    over = words["order"].format(order=found.order)
    note = "" if parcels else words["announced"]
    return _html(language, words["title"].format(shop=found.shop), over, note, parcels)


def render_nothing(language: str, what: str) -> str:
    """The page of a link that opens nothing (`unknown`), or not now (`busy`)."""
    words = _page().texts[language]
    return _html(language, words[what], "", words[f"{what}_note"])


def _html(language: str, title: str, over: str, note: str, parcels: list[dict[str, Any]] | None = None) -> str:
    page = _page()
    others = [{"code": code, "name": page.texts[code]["name"], "here": code == language} for code in LANGUAGES]
    return page.template.render(
        language=language,
        title=title,
        over=over,
        note=note,
        parcels=parcels or [],
        words=page.texts[language],
        languages=others,
        style=page.style,
    )


def _parcel(words: dict[str, Any], row: DeliveryRow, of: int) -> dict[str, Any]:
    reached = _REACHED.get(row.state)
    on_its_way = enumerate(_STEPS) if reached is not None else ()
    steps = [
        {"name": words[f"step_{step}"], "done": n <= (reached or 0), "now": n == reached} for n, step in on_its_way
    ]
    return {
        "which": words["parcel"].format(n=row.number, of=of) if of > 1 else "",
        "state": words[row.state],
        "tone": _TONES.get(row.state, ""),
        "note": words.get(f"{row.state}_note", ""),
        "steps": steps,
        "carrier": row.carrier,
        "tracking": row.tracking if row.state is not Delivery.ANNOUNCED else "",
        "events": [
            {"state": words[event.state], "at": event.at, "when": _when(words, event.at), "place": event.place}
            for event in row.events
        ],
    }


def _when(words: dict[str, Any], at: str) -> str:
    """A moment as it is written in this language, by the clock where it happened."""
    then = datetime.fromisoformat(at)
    day = words["date"].format(day=then.day, month=words["months"][then.month - 1], year=then.year)
    return f"{day}, {words['time'].format(hour=then.hour, minute=then.minute)}"
