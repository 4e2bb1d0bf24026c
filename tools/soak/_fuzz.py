"""One parser under a coverage-guided fuzzer (atheris): `python -m tools.soak._fuzz TARGET SECONDS SEED`. Run by `tools.soak.parsers`.

A target takes bytes from outside and may say no only in the way it documents; anything else that escapes is a finding, and so is memory
that grows with the input. Exit status 0 without findings; a finding prints its traceback and leaves `crash-*` in the working folder.
"""

import sys
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["devices"]):
    from devices.codecs import gs1, hid_pos, ipp, scancodes, snmp, zebra_udp
    from devices.codecs.printers import zpl_foreign, zpl_stream
    from devices.conformance import printers, scales, scanners, vectors
    from devices.conformance.report import BadRow
    from devices.framing import DelimiterFramer, HidPosJoiner, SsiFramer

Target = Callable[[bytes], object]

PRINTERS = ("zpl", "tspl", "epl2", "cpcl", "sbpl", "escpos", "brother-raster", "snmp", "zebra-udp")
SCALES = (
    "mt-sics", "toledo-8217", "toledo-8213", "toledo-continuous", "nci", "sma", "aandd", "cas-22", "cas-10", "cas-18", "cas-ecr",
    "sartorius-sbi-16", "sartorius-sbi-22", "ohaus", "adam", "dibal-98", "dialog06", "radwag", "usb-hid-scale",
)  # fmt: skip
_MEMORY_MB = 600


def targets() -> dict[str, Target]:
    """Every parser of something that comes from outside, by name."""
    found: dict[str, Target] = {
        "gs1 scan": lambda data: gs1.parse(data.decode("latin-1"), None),
        "gs1 scan with AIM": lambda data: gs1.parse(
            data[1:].decode("latin-1"), ("]C1", "]d2", "]Q1", "]E0")[data[0] % 4 if data else 0]
        ),
        "serial line": lambda data: _chunks(DelimiterFramer().feed, data),
        "ssi": lambda data: _chunks(SsiFramer().feed, data),
        "hid-pos report": hid_pos.parse,
        "hid-pos joiner": lambda data: _chunks(HidPosJoiner().feed, data),
        "scan codes": lambda data: scancodes.KeyDecoder().feed(data),
        "snmp": _refusing(snmp.parse_response, ValueError),
        "zebra udp": zebra_udp.parse,
        "ipp": _refusing(ipp.parse, ValueError),
        "zpl stream": lambda data: zpl_stream.ZplStream().feed(data),
        "foreign zpl": _refusing(zpl_foreign.wrap, ValueError),
    }
    found |= {f"scale {name}": _row(scales.check, protocol=name) for name in SCALES}
    found |= {f"printer {name}": _row(printers.check, language=name) for name in PRINTERS}
    found |= {f"scanner {kind}": _row(check, kind=kind) for kind, check in scanners.CHECKS.items() if kind != "wedge"}
    found |= {f"vector {stem}": _vector(check) for stem, check in vectors.CHECKS.items()}
    return found


def _chunks(feed: Callable[[bytes, float], object], data: bytes) -> None:
    for at in range(0, len(data), 7):
        feed(data[at : at + 7], float(at))


def _refusing(parse: Callable[[bytes], object], refusal: type[Exception]) -> Target:
    def run(data: bytes) -> None:
        try:
            parse(data)
        except refusal:
            return

    return run


def _row(check: Callable[[dict[str, object]], object], **kind: str) -> Target:
    """A frame of this kind whose reply, and sometimes request, is anything at all."""

    def run(data: bytes) -> None:
        cut = data[0] % 8 if data else 0
        row = {
            **kind,
            "request_hex": data[1 : 1 + cut].hex(),
            "reply_hex": data[1 + cut :].hex(),
            "raw_hex": data[1:].hex(),
        }
        try:
            check({**row, "expect": {"state": "stable"}})
        except BadRow:
            return

    return run


def _vector(check: Callable[[dict[str, object]], object]) -> Target:
    def run(data: bytes) -> None:
        text = data.decode("latin-1")
        names = ("input", "uri", "scandata", "input_caret", "data_caret")
        try:
            check({"ok": False, "linter": "csum", "symbology": "QR", **dict.fromkeys(names, text)})
        except BadRow:
            return

    return run


def main() -> None:
    """See the module."""
    target, seconds, seed = sys.argv[1:4]
    options = [
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-rss_limit_mb={_MEMORY_MB}",
        "-max_len=20000",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options], targets()[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
