"""The customer's page to send something back: what may come back, the returns there are, and their papers; as HTML without scripts, for a
phone first. The page's routes call it."""

import tomllib
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from oms.documents.formats import money as written
from oms.documents.words import reason
from oms.money.currencies import ZERO
from oms.returns.codes import ReturnRefusal, ReturnState
from oms.returns.refused import Refused
from oms.returns.seen import Returnable
from oms.returns.terms import amount_of
from oms.shipping import page as parcels

_HERE: Final = Path(__file__).parent
#: Who may send it.
_MAY: Final = (ReturnState.APPROVED, ReturnState.LABEL_SENT)
_TONES: Final = {
    ReturnState.APPROVED: "good", ReturnState.LABEL_SENT: "good", ReturnState.CLOSED: "good", ReturnState.REFUSED: "warn",
}  # fmt: skip


def render(found: Returnable, language: str, token: str, no: Refused | None = None) -> str:
    """The page of an order; `no`: why the last wish on it was not done."""
    words = _texts()[language]
    fee = written(amount_of(found.fee, "fee") or ZERO, found.currency, language)
    return _html(
        language, words["title"], words["order"].format(order=found.order), token=token, found=found,
        lines=[] if found.late else [one for one in found.lines if one.left],
        reasons=[(one.value, reason(one.value, language)) for one in found.reasons],
        returns=[_return(one, words, language) for one in found.returns],
        no=_why(no, words) if no is not None else "",
        notes=[
            words["late" if found.late else "days"].format(days=found.days),
            *([words["fee"].format(amount=fee, why=", ".join(reason(one.value, language) for one in found.pays))] if found.pays else []),
            *([words["photos"].format(why=", ".join(reason(one.value, language) for one in found.photos))] if found.photos else []),
        ],
    )  # fmt: skip


def render_nothing(language: str, what: str) -> str:
    """The page of a link that opens nothing (`unknown`), or not now (`busy`)."""
    words = _texts()[language]
    return _html(language, words[what], "", notes=[words[f"{what}_note"]])


def headers() -> dict[str, str]:
    """What goes with every page: nothing is loaded, kept, framed, indexed or told to others; its forms go back to where they came from."""
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return parcels.headers() | {"Content-Security-Policy": policy}


def _return(one: Any, words: dict[str, str], language: str) -> dict[str, Any]:
    state = ReturnState(one.state)
    amount = amount_of(one.refund, "refund")
    note = one.because
    if state is ReturnState.CLOSED and amount:
        note = words["refunded"].format(amount=written(amount, one.currency, language))
    return {
        "number": one.number, "state": words[f"state_{state}"], "tone": _TONES.get(state, ""), "note": note,
        "paper": state in _MAY, "pictures": one.pictures, "label": one.label,
        "tracking": one.tracking if state in _MAY else "",
    }  # fmt: skip


def _why(no: Refused, words: dict[str, str]) -> str:
    known = {
        ReturnRefusal.NO_LINES, ReturnRefusal.BAD_QUANTITY, ReturnRefusal.TOO_LATE, ReturnRefusal.REASON_NOT_TAKEN,
        ReturnRefusal.NOT_RETURNABLE, ReturnRefusal.BAD_PHOTO, ReturnRefusal.TOO_MANY_PHOTOS,
    }  # fmt: skip
    return words[no.code.value if no.code in known else "cannot"].format(**no.params)


def _html(language: str, title: str, over: str, **more: Any) -> str:
    texts = _texts()
    others = [{"code": code, "name": texts[code]["name"], "here": code == language} for code in parcels.LANGUAGES]
    plain = {"token": "", "lines": [], "reasons": [], "returns": [], "no": "", "notes": []}
    return _template().render(
        {**plain, **more},
        language=language,
        title=title,
        over=over,
        words=texts[language],
        languages=others,
        style=_style(),
    )


@cache
def _style() -> str:
    shared = Path(parcels.__file__).with_name("tracking.css").read_text(encoding="utf-8")
    return shared + (_HERE / "page.css").read_text(encoding="utf-8")


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((_HERE / "page_texts.toml").read_text(encoding="utf-8"))


@cache
def _template() -> Template:
    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return made.get_template("page.html")
