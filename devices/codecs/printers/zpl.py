"""Writing ZPL II: the small, verified subset of commands that our labels use. Used by `devices.labels` and the ZPL printer driver.

Texts come from orders, people and the internet. Everything that is not ours goes through `data_field`, so it can never add a command.
"""

from __future__ import annotations

import re
import unicodedata

from devices.codecs.gs1.elements import GS, PREDEFINED

_ESCAPE = {"^": "_5E", "~": "_7E", "_": "_5F"}
_BARCODE_TEXT = re.compile(r"[ -=?-\]`-}]+")  # printable ASCII without > (Code 128 invocation), ^ _ ~


def clean(text: str) -> str:
    """The text on one line: control characters (C0, C1, line and paragraph separators) become blanks, lone surrogates a question mark."""
    line = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return line.encode("utf-8", "replace").decode("utf-8")


def data_field(text: str, prefix: str = "") -> str:
    """`^FH_^FD...^FS` with `text` made harmless: ^ ~ _ as hex, no control characters. `prefix` is ours and goes in as it is."""
    return f"^FH_^FD{prefix}{''.join(_ESCAPE.get(char, char) for char in clean(text))}^FS"


def gs1_message(elements: list[tuple[str, str]]) -> str:
    """Element strings joined as in a GS1 symbol: a separator after each that is neither predefined in length nor last."""
    parts = []
    for index, (identifier, value) in enumerate(elements):
        last = index == len(elements) - 1
        parts.append(identifier + value + ("" if last or identifier[:2] in PREDEFINED else GS))
    return "".join(parts)


def code128_gs1(message: str) -> str:
    """Field data for `^BC` mode N. Explicit, since modes D and A differ between printers: `>;>8` is start C and FNC1, then digit pairs in
    set C; from the first odd digit or letter on set B (`>6`), for good; a separator is FNC1 (`>8`) in either set.
    """
    out = [">;>8"]
    rest = message
    in_c = True
    while rest:
        if rest[0] == GS:
            out.append(">8")
            rest = rest[1:]
        elif in_c and rest[:2].isdigit() and len(rest) > 1:
            out.append(rest[:2])
            rest = rest[2:]
        else:
            if in_c:
                out.append(">6")
                in_c = False
            out.append(_code128_b(rest[0]))
            rest = rest[1:]
    return "".join(out)


def _code128_b(char: str) -> str:
    if not " " <= char <= "~":
        raise ValueError(f"{char!r} cannot be put into a GS1-128 symbol")
    # Invocation codes for the characters that ZPL itself uses (ZPL II guide, ^BC, table of special characters).
    return {">": ">0", "^": "><", "~": ">="}.get(char, char)


class LabelWriter:
    """Collects the fields of one label and renders the format. Positions and sizes are millimetres, turned into dots at `dpmm`."""

    def __init__(self, width_mm: float, height_mm: float, dpmm: int = 8) -> None:
        if dpmm not in (6, 8, 12, 24):
            raise ValueError(f"dpmm must be 6, 8, 12 or 24 but is {dpmm}")
        self.width_mm = width_mm
        self.height_mm = height_mm
        self._dpmm = dpmm
        self._fields: list[str] = []

    def dots(self, millimetres: float) -> int:
        """Millimetres in dots of this printer."""
        return round(millimetres * self._dpmm)

    def text(self, x: float, y: float, height: float, text: str, width: float | None = None) -> None:
        """One line of text in the scalable font, made smaller (to 60 %) and then cut off with an ellipsis so as to fit `width`."""
        shown = clean(text)
        room = self.width_mm - x - 2 if width is None else width
        # CG Triumvirate averages about 0.55 of its height per character.
        fitting = room / (0.55 * max(len(shown), 1))
        size = min(height, max(fitting, height * 0.6))
        most = max(int(room / (0.55 * size)), 1)
        if len(shown) > most:
            shown = shown[: most - 1] + "…"
        dots = self.dots(size)
        self._fields.append(f"{self._at(x, y)}^A0N,{dots},{dots}{data_field(shown)}")

    def line(self, y: float, thickness: float = 0.4) -> None:
        """A rule across the label."""
        wide, thick = self.dots(self.width_mm - 6), max(self.dots(thickness), 1)
        self._fields.append(f"{self._at(3, y)}^GB{wide},{thick},{thick}^FS")

    def gs1_128(
        self, x: float, y: float, height: float, elements: list[tuple[str, str]], module: float = 0.375
    ) -> None:
        """A GS1-128 symbol without text; `module` is the width of the thinnest bar."""
        high, data = self.dots(height), code128_gs1(gs1_message(elements))
        self._fields.append(f"{self._at(x, y)}^BY{self._module(module)},3,{high}^BCN,{high},N,N,N,N^FD{data}^FS")

    def code128(self, x: float, y: float, height: float, text: str, module: float = 0.375) -> None:
        """A Code 128 symbol with its text below, for our own codes; ValueError for characters that renderers disagree on."""
        if not _BARCODE_TEXT.fullmatch(text):
            raise ValueError(f"{text!r} cannot be put into a Code 128 symbol")
        high = self.dots(height)
        self._fields.append(f"{self._at(x, y)}^BY{self._module(module)},3,{high}^BCN,{high},Y,N,N,A^FD{text}^FS")

    def qr(self, x: float, y: float, text: str, magnification: int = 6) -> None:
        """A QR code, error correction M. `magnification` is dots per module at 8 dots/mm."""
        scaled = max(1, min(10, round(magnification * self._dpmm / 8)))
        # The bar height of ^BY shifts a following QR code down, so it is reset to a small one first.
        self._fields.append(f"{self._at(x, y)}^BY2,2,10^BQN,2,{scaled}{data_field(text, 'MA,')}")

    def render(self) -> bytes:
        """The format, UTF-8 (`^CI28`)."""
        size = f"^PW{self.dots(self.width_mm)}^LL{self.dots(self.height_mm)}^LH0,0"
        return "\n".join(["^XA^CI28", size, *self._fields, "^XZ", ""]).encode("utf-8")

    def _at(self, x: float, y: float) -> str:
        return f"^FO{self.dots(x)},{self.dots(y)}"

    def _module(self, millimetres: float) -> int:
        return max(1, min(10, self.dots(millimetres)))


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
