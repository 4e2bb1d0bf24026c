"""Writing ZPL II: the small subset of commands that two unrelated renderers agree on. Used by `devices.labels` and the ZPL printer driver.

Bar codes go out as the printer's own commands, as far as these are sure, and else as filled rectangles. Texts come from orders, people
and the internet: everything that is not ours goes through `data_field`, so it can never add a command.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from devices.codecs.printers.page import Face, Fonts, Ink, Item, Language, Linear, Page, Picture, Square, Words
from devices.codecs.symbols import code128

_ESCAPE = {"^": "_5E", "~": "_7E", "_": "_5F"}
_LARGEST_MODULE = 10  # ^BY and ^BQ


def data_field(text: str, prefix: str = "") -> str:
    """`^FH_^FD...^FS` with `text` made harmless: ^ ~ _ as hex, controls as blanks. `prefix` is ours and goes in as it is."""
    line = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    whole = line.encode("utf-8", "replace").decode("utf-8")
    return f"^FH_^FD{prefix}{''.join(_ESCAPE.get(char, char) for char in whole)}^FS"


# --- fonts ---

# Widths in thousandths of the height of `^A0N,h,h` (CG Triumvirate Bold Condensed), the wider of two renderers, rounded up.
_WIDTHS = {
    **dict.fromkeys("ijlI/:;|'’‘", 285),
    **dict.fromkeys("ft.,![]`", 335),
    **dict.fromkeys("r()-{} ", 350),
    **dict.fromkeys("z", 390),
    **dict.fromkeys("cksvxyJ", 445),
    **dict.fromkeys('abdeghnopqu0123456789EFLTZ$?#*"', 505),
    **dict.fromkeys("ABCKPRSVXY", 565),
    **dict.fromkeys("DGHNOQU", 630),
    **dict.fromkeys("w&æœ", 725),
    **dict.fromkeys("mMÆ", 780),
    **dict.fromkeys("W%@ŒØ©®", 910),
    **dict.fromkeys("+=<>—…–", 1000),
    "-": 910,
}
_USUAL_WIDTH = 700
# Latin with its extensions, Greek, Cyrillic and common signs: what the scalable font has; not the direction marks among them.
_HAS = re.compile("[ -~¡-¬®-ɏʰ-˿Ͱ-ӿḀ-ỿ–—‘-‚“-„†-•…‰‹›€™−]")


class ScalableFont:
    """Font 0, drawn at any height from 10 dots."""

    _SMALLEST = 10

    def faces(self, tallest: int, least: int) -> Sequence[Face]:
        """See Fonts: in steps of a twentieth."""
        least = max(least, self._SMALLEST)
        heights = [round(tallest * (20 - step) / 20) for step in range(20)]
        return [Face("0", high, high) for high in heights if high >= least] or [Face("0", least, least)]

    def width(self, text: str, face: Face) -> int:
        """See Fonts."""
        thousandths = 0
        for char in text:
            plain = unicodedata.normalize("NFD", char)[0]
            thousandths += _WIDTHS.get(char) or _WIDTHS.get(plain, _USUAL_WIDTH)
        return -(-thousandths * face.width // 1000)

    def prints(self, char: str) -> bool:
        """See Fonts."""
        return bool(_HAS.fullmatch(char))


def _fonts(dpmm: int) -> Fonts:
    return ScalableFont()


# --- the page ---


def write(page: Page) -> bytes:
    """The page as one format, UTF-8 (`^CI28`). More than one copy goes into `^PQ`, which the print queue's own overrides."""
    size = f"^PW{page.width}^LL{page.height}^LH0,0"
    fields = [field for item in page.items for field in _fields(item)]
    copies = [f"^PQ{page.copies},0,1,Y"] if page.copies > 1 else []
    return "\n".join(["^XA^CI28", size, *fields, *copies, "^XZ", ""]).encode("utf-8")


def _fields(item: Item) -> Iterator[str]:
    match item:
        case Words():
            yield _words(item)
        case Linear() if item.kind in _BARS and item.module <= _LARGEST_MODULE and not _clipped(item):
            yield _BARS[item.kind](item)
        case Square() if item.module <= _LARGEST_MODULE and not _told_otherwise(item):
            yield _SQUARES[item.kind](item)
        case Linear() | Square():
            for ink in item.ink():
                yield _ink(ink)
        case Ink():
            yield _ink(item)
        case Picture():
            yield _picture(item)


def _words(words: Words) -> str:
    high = words.face.height
    font = f"^A0N,{high},{words.face.width}"
    # ^FB sets text exactly where our measures only guess; but it knows \& and \\, so a text with a backslash goes without.
    if words.side == "left" or "\\" in words.text:
        return f"^FO{words.x},{words.y}{font}{data_field(words.text)}"
    return f"^FO{words.left},{words.y}{font}^FB{words.room},1,0,{words.side[0].upper()},0{data_field(words.text)}"


def _ink(ink: Ink) -> str:
    # ^GB draws a frame; one as thick as its shorter side is filled.
    return f"^FO{ink.x},{ink.y}^GB{ink.width},{ink.height},{min(ink.width, ink.height)}^FS"


def _picture(picture: Picture) -> str:
    data = b"".join(picture.rows)
    across = -(-picture.width // 8)
    return f"^FO{picture.x},{picture.y}^GFA,{len(data)},{len(data)},{across},{data.hex().upper()}^FS"


# --- bar codes ---


def _invocations(characters: list[int]) -> str:
    """Field data for `^BC` mode N. Explicit, since modes D and A differ between printers: `>;` start C, `>:` start B, `>6` on to set B,
    `>8` FNC1 in either set; set C in digit pairs."""
    out: list[str] = []
    in_c = False
    for value in characters:
        if value in _INVOKED:
            out.append(_INVOKED[value])
            in_c = value == code128.START_C or (in_c and value == code128.FNC1)
        else:
            out.append(f"{value:02d}" if in_c else _SET_B.get(chr(value + 32), chr(value + 32)))
    return "".join(out)


_INVOKED = {code128.START_B: ">:", code128.START_C: ">;", code128.TO_B: ">6", code128.FNC1: ">8"}
# Invocation codes for the characters that ZPL itself uses (ZPL II guide, ^BC, table of special characters).
_SET_B = {">": ">0", "^": "><", "~": ">="}


# An invocation and one plain character at the end.
_CLIPPED = re.compile(r">.[^>]$")


def _clipped(item: Linear) -> bool:
    """Whether the printer's own command is not to be trusted with this: one of the renderers loses a last character that stands alone
    behind an invocation."""
    if item.kind == "code-128":
        return bool(_CLIPPED.search(_invocations(code128.text_characters(item.data))))
    return item.kind == "gs1-128" and bool(_CLIPPED.search(_invocations(code128.gs1_characters(item.data))))


def _field(item: Linear, command: str, data: str) -> str:
    return f"^FO{item.x},{item.y}^BY{item.module},3,{item.height}{command}^FD{data}^FS"


def _code_128(item: Linear) -> str:
    return _field(item, f"^BCN,{item.height},N,N,N,N", _invocations(code128.text_characters(item.data)))


def _gs1_128(item: Linear) -> str:
    return _field(item, f"^BCN,{item.height},N,N,N,N", _invocations(code128.gs1_characters(item.data)))


def _itf_14(item: Linear) -> str:
    return _field(item, f"^B2N,{item.height},N,N,N", item.data)


def _code_39(item: Linear) -> str:
    return _field(item, f"^B3N,N,{item.height},N,N", item.data)


# EAN and UPC are missing: ^BE lets its guard bars grow into what stands below, and one renderer draws something else for ^B8.
_BARS = {
    "code-128": _code_128,
    "gs1-128": _gs1_128,
    "itf-14": _itf_14,
    "code-39": _code_39,
}


def _data_matrix(item: Square) -> str:
    size = f"{item.symbol.width},{item.symbol.width}"
    return f"^FO{item.x},{item.y}^BXN,{item.module},200,{size}{data_field(item.data)}"


def _gs1_data_matrix(item: Square) -> str:
    # ^BX's own escape character and a 1 is FNC1 (ZPL II guide, ^BX); no ^FH here, it would eat them. An underscore in the data needs
    # another escape character: a renderer and the guide disagree on how to double it. A bar is in no GS1 character set.
    escape = "|" if "_" in item.data else "_"
    data = f"{escape}1" + item.data.replace("\x1d", f"{escape}1")
    size = f"{item.symbol.width},{item.symbol.width}"
    return f"^FO{item.x},{item.y}^BXN,{item.module},200,{size},,{escape},1^FD{data}^FS"


def _told_otherwise(item: Square) -> bool:
    """Whether a plain Data Matrix holds what is ^BX's escape character by default: _ on new, ~ on old firmware."""
    return item.kind == "data-matrix" and not set("_~").isdisjoint(item.data)


def _qr(item: Square) -> str:
    # The bar height of ^BY shifts a following QR code down, so it is reset to a small one first.
    return f"^FO{item.x},{item.y}^BY2,2,10^BQN,2,{item.module}{data_field(item.data, 'MA,')}"


_SQUARES = {
    "data-matrix": _data_matrix,
    "gs1-data-matrix": _gs1_data_matrix,
    "qr": _qr,
    "gs1-digital-link": _qr,
}

ZPL = Language("zpl", _fonts, write)


# --- evidence ---

EVIDENCE_HEADER = "job="
EVIDENCE_END = ";"


def with_evidence(payload: bytes, job_id: str, copies: int) -> bytes:
    """The job's last format with its id in small print at the foot, the request to report it, and the number of copies.

    `^HV#,n,h,t,L` makes the printer return field # once per label *printed* (default F: once per format, which proves nothing).
    Raises ValueError if the payload holds no complete format.
    """
    end = payload.rfind(b"^XZ")
    start = payload.rfind(b"^XA", 0, max(end, 0))
    if start < 0:
        raise ValueError("the payload holds no complete ZPL format")
    length = re.search(rb"\^LL(\d+)", payload[start:end])
    foot = max(int(length[1]) - 22, 0) if length else 0
    fields = (
        f"^FO24,{foot}^A0N,18,18^FN1^FD{job_id}^FS"
        f"^HV1,{len(job_id)},{EVIDENCE_HEADER},{EVIDENCE_END},L^FS"
        f"^PQ{copies},0,1,Y"
    )
    return payload[:end] + fields.encode("ascii") + payload[end:]
