"""What a ZPL printer remembers between labels: modes that stay set, graphics, fonts and formats. Used by the virtual printer.

A label that comes out is shown as a text of its own, so all that it took from memory is put into it: a mode that nobody reset is seen.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from devices.codecs.printers.zpl_stream import Command

FULL_WIDTH = 832
"""Dots of the print head (104 mm at 8 dots/mm); a wider ^PW is that."""

_STAY = tuple(b"^" + name.encode() for name in "CI MU JM PW LL LH LS LT PO PM LR FW CF BY CV SE CW MN MM MD PR".split())  # noqa: SIM905
_SWITCHED_ON = {
    b"^LH": b"0,0", b"^LS": b"0", b"^LT": b"0", b"^PO": b"N", b"^PM": b"N", b"^LR": b"N", b"^FW": b"N", b"^CI": b"0", b"^CV": b"N",
    b"^BY": b"2,3,10", b"^CF": b"A,9,5", b"^MU": b"D", b"^JM": b"A", b"^PW": str(FULL_WIDTH).encode(),
}  # fmt: skip
_DOWNLOADS = (b"~DG", b"~DY", b"~DU", b"~DB", b"~DS", b"~DT")
_NAME = re.compile(rb"\s*(?:[A-Za-z]:)?([^,:^~\s]+)")


class Memory:
    """The memory of one printer. It is empty again after `forget`."""

    def __init__(self) -> None:
        self.modes: dict[bytes, bytes] = {}
        self.objects: dict[str, bytes] = {}

    def forget(self) -> None:
        """The power was off."""
        self.modes.clear()
        self.objects.clear()

    def download(self, command: Command) -> None:
        """Keep a graphic or a font that comes between labels."""
        name = _NAME.match(command.body)
        if command.name in _DOWNLOADS and name is not None:
            self.objects[_object(name[1])] = command.text

    def apply(self, format_: list[Command]) -> None:
        """Remember what a format leaves behind: modes, a stored format, deleted objects."""
        for command in format_:
            if command.name == b"^DF" and (name := _NAME.match(command.body)):
                self.objects[_object(name[1])] = b"^XA" + b"".join(one.text for one in format_) + b"^XZ\n"
                return
        for command in format_:
            if command.name == b"^ID" and (name := _NAME.match(command.body)):
                for stored in [one for one in self.objects if fnmatchcase(one, _object(name[1]))]:
                    del self.objects[stored]
            elif command.name in _STAY:
                self._set(command)

    def complete(self, format_: list[Command]) -> bytes:
        """The format as a text that needs no memory: what it recalls before it, the modes that are in force at its beginning."""
        body = b"".join(one.text for one in format_)
        wanted = self._recalled(body + self.modes.get(b"^CW", b""))
        drawn = next((at for at, one in enumerate(format_) if one.name in (b"^FO", b"^FT", b"^FD")), len(format_))
        own = {one.name for one in format_[:drawn]}
        modes = b"".join(name + value for name, value in self.modes.items() if name not in own)
        return b"".join(wanted) + b"^XA" + modes + body + b"^XZ"

    def _recalled(self, text: bytes) -> list[bytes]:
        """What the text takes from memory, by name; a stored format may take more."""
        found: dict[str, bytes] = {}
        while True:
            more = {name: stored for name, stored in self.objects.items() if _stem(name) in text.upper()}
            if more.keys() <= found.keys():
                return [stored for name, stored in self.objects.items() if name in found]
            found |= more
            text += b"".join(more.values())

    def _set(self, command: Command) -> None:
        value = command.body.strip()
        if command.name == b"^PW" and value.isdigit():
            value = b"%d" % min(int(value), FULL_WIDTH)
        self.modes.pop(command.name, None)
        if value and value.upper() != _SWITCHED_ON.get(command.name):
            self.modes[command.name] = value


def _object(name: bytes) -> str:
    return name.decode("latin-1").upper()


def _stem(name: str) -> bytes:
    return name.split(".")[0].encode("latin-1")
