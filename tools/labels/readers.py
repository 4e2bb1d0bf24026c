"""Small strict readers of the printer languages: what a printer would find in the bytes of a label.

`read(language, payload)` gives the texts with their places and the ink as a picture. A byte that is not exactly where the language wants
it raises Unread, so a text that had become a command cannot hide. `drawn(page)` is the same of a page before it was written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from devices.codecs.printers.page import Face, Ink, Linear, Page, Picture, Square, Words


class Unread(Exception):
    """These bytes are no label as this language has them; the message shows where."""


@dataclass
class Seen:
    """What stands on a label: (x, y, font, text) of each text in dots, the ink, how many copies, and (x, y, module, data) of the bar
    codes that the printer makes itself."""

    size: tuple[int, int]
    texts: list[tuple[int, int, Face, str]] = field(default_factory=list)
    copies: int = 0
    codes: list[tuple[int, int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ink = Image.new("1", self.size, 1)
        self._pen = ImageDraw.Draw(self.ink)

    def rectangle(self, x: int, y: int, width: int, height: int) -> None:
        """Black."""
        self._pen.rectangle((x, y, x + width - 1, y + height - 1), fill=0)

    def bitmap(self, x: int, y: int, across: int, data: bytes, black: int = 1) -> None:
        """Rows of `across` bytes; the white of a bitmap covers nothing."""
        bits = bytes(byte if black else byte ^ 0xFF for byte in data)
        mask = Image.frombytes("1", (across * 8, len(data) // across), bits)
        self.ink.paste(0, (x, y), mask)


class _Bytes:
    """The payload and how far it has been read."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self.at = 0

    @property
    def ended(self) -> bool:
        """Whether everything was read."""
        return self.at == len(self._payload)

    def take(self, count: int) -> bytes:
        """The next bytes."""
        self.at += count
        if self.at > len(self._payload):
            raise Unread("ends in the middle")
        return self._payload[self.at - count : self.at]

    def match(self, pattern: bytes) -> re.Match[bytes] | None:
        """The pattern, if it stands here."""
        found = re.compile(pattern, re.DOTALL).match(self._payload, self.at)
        if found:
            self.at = found.end()
        return found

    def want(self, pattern: bytes) -> re.Match[bytes]:
        """The pattern, which must stand here."""
        found = self.match(pattern)
        if not found:
            raise Unread(f"{pattern!r} wanted, found {self._payload[self.at : self.at + 40]!r}")
        return found


def _numbers(found: re.Match[bytes]) -> list[int]:
    return [int(group) for group in found.groups() if group is not None and group.isdigit()]


def _tspl(data: _Bytes, size: tuple[int, int], dpmm: int) -> Seen:
    seen = Seen(size)
    data.want(rb"SIZE [\d.]+ mm,[\d.]+ mm\r\nDIRECTION 1\r\nREFERENCE 0,0\r\nCODEPAGE 1252\r\nCLS\r\n")
    cells = {"1": (8, 12), "2": (12, 20), "3": (16, 24), "4": (24, 32), "5": (32, 48)}
    while not (end := data.match(rb"PRINT 1,(\d+)\r\n")):
        if found := data.match(rb'TEXT (\d+),(\d+),"([1-5])",0,(\d+),(\d+),"([^"\\\x00-\x1f]*)"\r\n'):
            x, y, across, down = (int(found[group]) for group in (1, 2, 4, 5))
            seen.texts.append((x, y, _face(found[3].decode(), cells, across, down), found[6].decode("cp1252")))
        elif found := data.match(rb"BAR (\d+),(\d+),(\d+),(\d+)\r\n"):
            seen.rectangle(*_numbers(found))
        else:
            x, y, across, high = _numbers(data.want(rb"BITMAP (\d+),(\d+),(\d+),(\d+),1,"))
            seen.bitmap(x, y, across, data.take(across * high), black=0)
            data.want(rb"\r\n")
    seen.copies = int(end[1])
    return seen


def _epl2(data: _Bytes, size: tuple[int, int], dpmm: int) -> Seen:
    seen = Seen(size)
    data.want(rb"\nN\nI8,A,001\nq\d+\nR0,0\nZT\n")
    # The same names stand for larger cells on a finer printer.
    cells = {
        8: {"1": (10, 12), "2": (12, 16), "3": (14, 20), "4": (16, 24)},
        12: {"1": (12, 20), "2": (16, 28), "3": (20, 36), "4": (24, 44)},
    }[dpmm]
    while not (end := data.match(rb"P(\d+)\n")):
        if found := data.match(rb'A(\d+),(\d+),0,([1-4]),(\d),(\d),N,"([^"\\\x00-\x1f]*)"\n'):
            x, y, across, down = (int(found[group]) for group in (1, 2, 4, 5))
            seen.texts.append((x, y, _face(found[3].decode(), cells, across, down), found[6].decode("cp1252")))
        elif found := data.match(rb"LO(\d+),(\d+),(\d+),(\d+)\n"):
            seen.rectangle(*_numbers(found))
        else:
            x, y, across, high = _numbers(data.want(rb"GW(\d+),(\d+),(\d+),(\d+),"))
            seen.bitmap(x, y, across, data.take(across * high), black=0)
            data.want(rb"\n")
    seen.copies = int(end[1])
    return seen


def _cpcl(data: _Bytes, size: tuple[int, int], dpmm: int) -> Seen:
    seen = Seen(size)
    head = data.want(rb"! 0 (200|300) \1 (\d+) (\d+)\r\nPAGE-WIDTH (\d+)\r\nCOUNTRY CP850\r\n")
    seen.copies = int(head[3])
    across = down = 1
    while not data.match(rb"FORM\r\nPRINT\r\n"):
        if found := data.match(rb"SETMAG (\d+) (\d+)\r\n"):
            across, down = _numbers(found)
        elif found := data.match(rb"TEXT ([07]) 0 (\d+) (\d+) ([^\r\n\x00-\x1f]*)\r\n"):
            face = _face(found[1].decode(), {"0": (8, 9), "7": (12, 24)}, across, down)
            seen.texts.append((int(found[2]), int(found[3]), face, found[4].decode("cp850")))
        elif found := data.match(rb"LINE (\d+) (\d+) (\d+) (\d+) (\d+)\r\n"):
            x0, y0, x1, y1, thick = _numbers(found)
            seen.rectangle(x0, y0, x1 - x0 or thick, y1 - y0 or thick)
        else:
            graphic = data.want(rb"EG (\d+) (\d+) (\d+) (\d+) ([0-9A-F]*)\r\n")
            wide, high, x, y = (int(graphic[group]) for group in (1, 2, 3, 4))
            bits = bytes.fromhex(graphic[5].decode())
            if len(bits) != wide * high:
                raise Unread("a graphic of another size than it says")
            seen.bitmap(x, y, wide, bits)
    return seen


def _sbpl(data: _Bytes, size: tuple[int, int], dpmm: int) -> Seen:
    seen = Seen(size)
    data.want(rb"\x02\x1bA\x1bA1\d{8}\x1bPR\x1bP02")
    cells = {"U": (5, 9), "S": (8, 15), "M": (13, 20)}
    while not (end := data.match(rb"\x1bQ(\d+)\x1bZ\x03")):
        y, x = _numbers(data.want(rb"\x1bV(\d{4})\x1bH(\d{4})"))
        if found := data.match(rb"\x1bL(\d\d)(\d\d)\x1b([USM])([\x20-\x7e]*)(?=\x1b)"):
            face = _face(found[3].decode(), cells, int(found[1]), int(found[2]))
            seen.texts.append((x, y, face, found[4].decode()))
        elif found := data.match(rb"\x1bFW(\d\d)([HV])(\d{4})"):
            thick, long = int(found[1]), int(found[3])
            seen.rectangle(x, y, *((long, thick) if found[2] == b"H" else (thick, long)))
        else:
            graphic = data.want(rb"\x1bGH(\d{3})(\d{3})([0-9A-F]*)(?=\x1b)")
            bits = bytes.fromhex(graphic[3].decode())
            if len(bits) != int(graphic[1]) * int(graphic[2]) * 8:
                raise Unread("a graphic of another size than it says")
            seen.bitmap(x, y, int(graphic[1]), bits)
    seen.copies = int(end[1])
    return seen


def _escpos(data: _Bytes, size: tuple[int, int], dpmm: int) -> Seen:
    first = _escpos_page(data, size, dpmm)
    first.copies = 1
    while not data.ended:
        again = _escpos_page(data, size, dpmm)
        if again.texts != first.texts or again.ink.tobytes() != first.ink.tobytes():
            raise Unread("the copies differ")
        first.copies += 1
    return first


def _escpos_page(data: _Bytes, size: tuple[int, int], dpmm: int) -> Seen:
    seen = Seen(size)
    data.want(rb"\x1b@\x1dP\xcb\xcb\x1bL\x1bR\x00\x1bt\x10\x1bW\x00\x00\x00\x00....\x1bT\x00")
    while not data.match(rb"\x0c"):
        place = data.want(rb"\x1b\$(..)\x1d\$(..)")
        x, bottom = (int.from_bytes(group, "little") for group in place.groups())
        if found := data.match(rb"\x1bM([\x00\x01])\x1d!(.)([\x20-\x7e\x80-\xff]*)"):
            factor = found[2][0]
            cells = {"A": (12, 24), "B": (9, 17)}
            face = _face("AB"[found[1][0]], cells, (factor >> 4) + 1, (factor & 15) + 1)
            seen.texts.append((x, bottom - face.height, face, found[3].decode("cp1252")))
            continue
        wide = int.from_bytes(data.want(rb"\x1b\*\x21(..)")[1], "little")
        columns = data.take(3 * wide)
        # A column is 24 bits from above: turned, it is a picture lying on its side.
        lying = Image.frombytes("1", (24, wide), columns)
        seen.ink.paste(0, (x, bottom - 24), lying.transpose(Image.Transpose.TRANSPOSE))
    return seen


_FIELD = rb"\^FH_\^FD((?:MA,)?)([^\^~\x00-\x1f]*)\^FS\n"


def _zpl(data: _Bytes, size: tuple[int, int], dpmm: int) -> Seen:
    seen = Seen(size)
    data.want(rb"\^XA\^CI28\n\^PW(\d+)\^LL(\d+)\^LH0,0\n")
    seen.copies = 1
    while not data.match(rb"\^XZ\n"):
        if found := data.match(rb"\^PQ(\d+),0,1,Y\n(?=\^XZ\n)"):
            seen.copies = int(found[1])
            continue
        x, y = _numbers(data.want(rb"\^FO(\d+),(\d+)"))
        if found := data.match(rb"\^A0N,(\d+),\1(\^FB\d+,1,0,[CR],0)?" + _FIELD):
            high = int(found[1])
            seen.texts.append((x, y, Face("0", high, high), _hex(found[4])))
        elif found := data.match(rb"\^GB(\d+),(\d+),(\d+)\^FS\n"):
            wide, high, thick = _numbers(found)
            if thick != min(wide, high):
                raise Unread("a frame where a filled rectangle was wanted")
            seen.rectangle(x, y, wide, high)
        elif found := data.match(rb"\^GFA,(\d+),\1,(\d+),([0-9A-F]*)\^FS\n"):
            seen.bitmap(x, y, int(found[2]), bytes.fromhex(found[3].decode()))
        else:
            seen.codes.append((x, y, *_zpl_code(data)))
    return seen


def _zpl_code(data: _Bytes) -> tuple[int, str]:
    """Module and data of a bar code."""
    if found := data.match(rb"\^BY(\d+),3,(\d+)\^BCN,\2,N,N,N,N\^FD([^\^~\x00-\x1f]|><)*?\^FS\n"):
        return int(found[1]), _invoked(found[0].decode().partition("^FD")[2].removesuffix("^FS\n"))
    if found := data.match(rb"\^BY(\d+),3,(\d+)(?:\^B2N,\2,N,N,N|\^B3N,N,\2,N,N)\^FD([0-9A-Z. $/+%-]*)\^FS\n"):
        return int(found[1]), found[3].decode()
    if found := data.match(rb"\^BY2,2,10\^BQN,2,(\d+)" + _FIELD):
        return int(found[1]), _hex(found[3])
    if found := data.match(rb"\^BXN,(\d+),200,(\d+),\2" + _FIELD):
        return int(found[1]), _hex(found[4])
    found = data.want(rb"\^BXN,(\d+),200,(\d+),\2,,([_|]),1\^FD\3(1[^\^~\x00-\x1f]*)\^FS\n")
    return int(found[1]), found[4].decode()[1:].replace(found[3].decode() + "1", "\x1d")


def _hex(raw: bytes) -> str:
    text = raw.decode("utf-8")
    if re.search("_(?!5E|7E|5F)", text):
        raise Unread("an underscore that escapes nothing")
    return re.sub("_(5E|7E|5F)", lambda found: chr(int(found[1], 16)), text)


def _invoked(text: str) -> str:
    """What a Code 128 in mode N holds; FNC1 behind the first character as GS."""
    named = {"0": ">", "<": "^", "=": "~", "8": "\x1d", "6": ""}
    if text[:2] not in (">;", ">:"):
        raise Unread("a Code 128 without a start")
    out = re.sub(r">(.)", lambda found: named[found[1]], text[2:])
    return out.removeprefix("\x1d")


def _face(name: str, cells: dict[str, tuple[int, int]], across: int, down: int) -> Face:
    wide, high = cells[name]
    return Face(name, wide * across, high * down, across, down)


_READERS: dict[str, Callable[[_Bytes, tuple[int, int], int], Seen]] = {
    "zpl": _zpl,
    "tspl": _tspl,
    "epl2": _epl2,
    "cpcl": _cpcl,
    "sbpl": _sbpl,
    "escpos": _escpos,
}
LANGUAGES = tuple(_READERS)


def read(language: str, payload: bytes, size: tuple[int, int], dpmm: int = 8) -> Seen:
    """What a printer with `dpmm` dots/mm finds in a job for a label of `size` dots. Raises Unread."""
    data = _Bytes(payload)
    seen = _READERS[language](data, size, dpmm)
    if not data.ended:
        raise Unread(f"{len(payload) - data.at} bytes behind the label")
    return seen


def drawn(page: Page, like: Seen) -> Seen:
    """The same of a page as it was laid out. Where the language leaves a choice it is made as in `like`: a bar code is the printer's own or
    ink, a text stands at its own place or at that of its block."""
    seen = Seen((page.width, page.height), copies=page.copies)
    for item in page.items:
        match item:
            case Linear() | Square() if (item.x, item.y, item.module, item.data) in like.codes:
                seen.codes.append((item.x, item.y, item.module, item.data))
            case Words(face=face):
                own, block = ((x, item.y, face, item.text) for x in (item.x, item.left))
                seen.texts.append(own if own in like.texts else block)
            case Ink():
                seen.rectangle(item.x, item.y, item.width, item.height)
            case Linear() | Square():
                for ink in item.ink():
                    seen.rectangle(ink.x, ink.y, ink.width, ink.height)
            case Picture():
                seen.bitmap(item.x, item.y, -(-item.width // 8), b"".join(item.rows))
    return seen
