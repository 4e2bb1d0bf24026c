"""What a mail says, in the customer's language: facts in, subject and two bodies out. Pure but for its templates."""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from oms.notify.codes import MailKind, MailRefusal

_HERE: Final = Path(__file__).parent
_MOST_LINE: Final = 200
#: What the picture of a code is called inside its mail.
PICTURE: Final = "code@floorhand"
_GROUP: Final = 5
_MOST_TEXT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The facts of a mail. Days and amounts come as they are read. `lines` are sentences of their own; `partly`: only a part of the order
    is meant; `links`: (sentence's name, address)."""

    kind: MailKind
    language: str
    shop: str
    order: str
    name: str = ""
    lines: list[str] = field(default_factory=list)
    partly: bool = False
    promised: str = ""
    place: str = ""
    amount: str = ""
    total: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    asks_reply: bool = False
    #: What the customer says in the store, and what the picture in the mail says instead.
    code: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A mail without its envelope."""

    subject: str
    text: str
    html: str


def texts() -> dict[str, dict[str, str]]:
    """Language -> name -> sentence."""
    return tomllib.loads((_HERE / "mail_texts.toml").read_text(encoding="utf-8"))


def say(language: str, sentence: str, /, **words: str | int) -> str:
    """A sentence with its words filled in."""
    return _texts()[language][sentence].format(**words)


def bad_text(sentence: str, text: str) -> MailRefusal | None:
    """Why `text` cannot stand for a sentence; None when it can: it has no other fields than ours, and one line."""
    if sentence not in _texts()["en"]:
        return MailRefusal.UNKNOWN_SENTENCE
    try:
        found = [(name, form, turn) for _, name, form, turn in string.Formatter().parse(text) if name is not None]
    except ValueError:
        return MailRefusal.BAD_TEXT
    if any(form or turn or not name.isidentifier() for name, form, turn in found):
        return MailRefusal.BAD_TEXT
    known = {name for _, name, _, _ in string.Formatter().parse(_texts()["en"][sentence]) if name}
    if {name for name, _, _ in found} - known:
        return MailRefusal.UNKNOWN_FIELD
    return None if text.strip() and text.isprintable() and len(text) <= _MOST_TEXT else MailRefusal.BAD_TEXT


def write(letter: Letter, own: Mapping[str, str] | None = None) -> Written:
    """The mail, with the shop's `own` sentences in place of ours. Whatever customers and channels wrote into names stays on one line."""

    def said(sentence: str, /, **words: str) -> str:
        mine = own.get(sentence) if own else None
        return mine.format(**words) if mine else say(letter.language, sentence, **words)

    part = "_part" if letter.partly else ""
    head = (
        f"{letter.kind}{part}_subject" if f"{letter.kind}{part}_subject" in _texts()["en"] else f"{letter.kind}_subject"
    )
    name, order, place = one_line(letter.name), one_line(letter.order), one_line(letter.place)
    subject = said(head, order=order, place=place)
    paragraphs = [said(f"{letter.kind}{part}", place=place, amount=letter.amount)]
    if letter.promised:
        paragraphs.append(said("promised", day=letter.promised))
    after = [said("total", amount=letter.total)] if letter.total else []
    after += [said("answer_reply")] if letter.asks_reply else []
    words = {
        "language": letter.language, "subject": subject, "shop": one_line(letter.shop), "paragraphs": paragraphs,
        "hello": said("hello", name=name) if name else said("hello_nobody"), "order": said("order", order=order) if order else "",
        "lines": [one_line(line) for line in letter.lines], "after": after, "bye": said("bye"),
        "code": said("pick_up_code", code=spoken(letter.code)) if letter.code else "", "picture": f"cid:{PICTURE}",
        "links": [(said(sentence, url="").strip(), url) for sentence, url in letter.links],
    }  # fmt: skip
    return Written(subject, _template("mail.txt").render(words), _template("mail.html").render(words))


def spoken(code: str) -> str:
    """A code in groups, as it is read aloud."""
    return " ".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def one_line(text: str) -> str:
    """Without line breaks and control characters, and not endless."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_MOST_LINE]


@cache
def _texts() -> dict[str, dict[str, str]]:
    return texts()


@cache
def _template(name: str) -> Template:
    loader = FileSystemLoader(_HERE)
    made = Environment(
        loader=loader, autoescape=name.endswith(".html"), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return made.get_template(name)
