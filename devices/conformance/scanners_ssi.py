"""Judges SSI packets (rows of kind `ssi`): what they say, and what the driver answers and makes of them."""

from __future__ import annotations

import re
from typing import Any

from devices.codecs import ssi
from devices.codecs.ssi import Damaged, Nak, Op, Packet
from devices.conformance.comparing import bytes_of, compare, expect_of
from devices.conformance.report import Row
from devices.drivers.scanner_ssi import SsiScannerDriver
from devices.framing import SsiFramer
from devices.model import DeviceKey, Scan
from devices.transports.memory import memory_pair

_HERE = DeviceKey("conformance")


def check_ssi(row: Row) -> list[str]:
    """One packet of either side."""
    raw, expect = bytes_of(row), expect_of(row)
    packets = SsiFramer().feed(raw, 0.0)
    if raw == ssi.WAKEUP:
        found: dict[str, Any] = {"op": "WAKEUP"}
    elif len(packets) != 1:
        found = {"error": ("length", "incomplete", "truncated", "opcode"), "incomplete": not packets, "reply": None}
    elif isinstance(packets[0], Damaged):
        found = {"error": "checksum", **_ssi_answer(raw)}
    else:
        sums = raw[-ssi.CHECKSUM :].hex()
        found = {**_ssi_words(packets[0]), **_ssi_answer(raw), "length": raw[0], "checksum": (sums, sums.upper())}
    return compare(expect, found)


def _ssi_answer(raw: bytes) -> dict[str, Any]:
    """What the driver answers to the packet, and the scan it makes of it."""
    here, there = memory_pair()
    driver = SsiScannerDriver(here, _HERE, lambda: 0.0)
    driver.open()
    there.write(raw, 1.0)
    scans = [event for event in driver.step() if isinstance(event, Scan)]
    answers = [packet for packet in SsiFramer().feed(there.read(0.0), 0.0) if isinstance(packet, Packet)]
    found: dict[str, Any] = {"reply": answers[0].name if answers else None}
    if answers and answers[0].cause is not None:
        found["reply_cause"] = _cause(answers[0].cause)
    if scans:
        found |= {"aim": scans[0].symbology, "text": scans[0].text}
    return found


def _ssi_words(packet: Packet) -> dict[str, Any]:
    name = packet.name.removeprefix("CMD_")
    found: dict[str, Any] = {
        "op": (packet.name, name),
        "source": (packet.source, "host" if packet.source == ssi.HOST else "decoder"),
        "status": packet.status,
        "retransmit": packet.retransmit,
        "continued": packet.continued,
        "continuation": packet.continued,
        "permanent": bool(packet.status & ssi.PERMANENT),
    }
    if packet.op == Op.DECODE_DATA and packet.data:
        found |= _ssi_data(packet)
    elif packet.op in (Op.BEEP, Op.EVENT) and packet.data:
        found |= {"code": packet.data[0], "event": packet.data[0]}
    elif packet.op in (Op.LED_ON, Op.LED_OFF) and packet.data:
        found |= {"mask": packet.data[0]}
    elif packet.op == Op.CMD_NAK and packet.data:
        found |= {"cause": _cause(packet.data[0]), "code": packet.data[0]}
    elif packet.op == Op.REPLY_REVISION:
        text = packet.data.decode("latin-1")
        found |= {"revision": text, "data": text, "text": text}
    else:
        found |= {"data": (packet.data.hex(), packet.data.decode("latin-1"))}
    return found


def _ssi_data(packet: Packet) -> dict[str, Any]:
    kind = ssi.code_type(packet.data[0])
    names = _type_names(kind) if kind else ()
    text = packet.data[1:].decode("latin-1")
    found: dict[str, Any] = {"type_id": packet.data[0], "data": text, "barcode": text}
    found |= {
        "type": (packet.data[0], f"{packet.data[0]:02x}", f"{packet.data[0]:02X}", f"0x{packet.data[0]:02X}", *names)
    }
    found |= {"symbology": names, "supplement": kind.supplement if kind else 0}
    return found


_OTHER_NAMES = {
    "GS1-128": ("EAN-128", "EAN128", "UCC/EAN-128", "GS1128"),
    "ITF": ("I2of5", "Interleaved 2 of 5"),
    "DataBar": ("GS1 DataBar", "RSS"),
    "QR": ("QR Code",),
    "DataMatrix": ("Data Matrix",),
}


def _type_names(kind: ssi.CodeType) -> tuple[str, ...]:
    """The name of a type in the spellings of people's rows."""
    plain = (kind.name, *_OTHER_NAMES.get(kind.name, ()))
    spelt = {word for name in plain for word in (name, name.replace("-", ""), name.replace("-", " "))}
    spelt |= {re.sub(r"(?<=[a-z])(?=[0-9])", " ", name) for name in plain}
    if kind.supplement:
        spelt = {f"{name}{joint}{kind.supplement}" for name in spelt for joint in ("+", " + ", " +")} | spelt
    return tuple(sorted(spelt | {name.upper() for name in spelt} | {name.lower() for name in spelt}))


def _cause(number: int) -> tuple[Any, ...]:
    name = Nak(number).name if number in set(Nak) else f"{number}"
    return number, name, name.lower(), f"NAK_{name}"
