"""What our codecs read out of a printer's reply, as facts by name. Used by `devices.conformance.printers`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict

from devices.codecs import snmp, zebra_udp
from devices.codecs.printers import (
    brother_status,
    cpcl_status,
    datamax_status,
    epl2_status,
    escpos_status,
    sbpl_status,
    slcs_status,
    snmp_status,
    tspl_status,
    zpl_status,
)
from devices.codecs.printers.text import plain
from devices.conformance.printer_words import PRINTING
from devices.model import PrinterIdentity, PrinterStatus, Reason

Facts = dict[str, object]
"""What a reply says, by the names that rows use."""

SILENT = PrinterStatus(None, (Reason.NO_REPLY,))


def status_facts(status: PrinterStatus, activity: bool = False) -> Facts:
    """A status as facts; with `activity`, what the printer is doing counts among the reasons, where its one byte says both."""
    doing: tuple[str, ...] = (PRINTING,) if status.printing else ()
    doing += (Reason.LABEL_WAITING.value,) if status.label_waiting else ()
    facts: Facts = {
        "ready": status.ready,
        "reasons": tuple(reason.value for reason in status.reasons) + (doing if activity else ()),
        "warnings": tuple(reason.value for reason in status.warnings),
        "label_waiting": status.label_waiting,
        "printing": status.printing,
    }
    counts = {"formats": status.formats, "remaining": status.remaining}
    return facts | {name: count for name, count in counts.items() if count is not None}


def _identity(identity: PrinterIdentity | None) -> Facts:
    if identity is None:
        return status_facts(SILENT)
    dpi = {6: 152, 8: 203, 12: 300, 24: 600}
    return asdict(identity) | ({"dpi": dpi[identity.dpmm]} if identity.dpmm in dpi else {})


def _zpl(request: bytes, reply: bytes) -> Facts:
    verified = zpl_status.verified(request, reply)
    if verified:
        first = verified[0]
        return {"verified": first, "job_id": first, "printed": True, "labels": len(verified)}
    stream = zpl_status.ReplyStream()
    replies = stream.feed(reply)
    errors = next((each for each in replies if isinstance(each, zpl_status.Errors)), None)
    host = next((each for each in replies if isinstance(each, zpl_status.Host)), None)
    if errors is None and host is None:
        meters = zpl_status.parse_odometer(reply[:4096].decode("ascii", "replace"))
        other = next((each for each in replies if isinstance(each, zpl_status.Odometer) or not meters), meters)
        return _zpl_other(other) if other is not None else status_facts(SILENT)
    facts = {"partial": host.partial} if host is not None else {}
    return status_facts(zpl_status.to_status(errors, host)) | facts


def _zpl_other(reply: zpl_status.Reply) -> Facts:
    match reply:
        case PrinterIdentity():
            return _identity(reply)
        case zpl_status.Echo(job_id):
            return {"job_id": job_id, "verified": job_id, "printed": True, "labels": 1}
        case zpl_status.Odometer(total, unit, user):
            whole = int(total) if total.is_integer() else total
            return {"odometer": whole, "unit": unit, "user": list(user), "inches" if unit == "in" else "cm": whole}
        case zpl_status.Value(text):
            number = int(text) if text is not None and re.fullmatch(r"[0-9]{1,18}", text) else None
            return {"labels": number, "value": text, "ready": None, "reasons": (), "supported": text is not None}
    return status_facts(SILENT)


def _tspl(request: bytes, reply: bytes) -> Facts:
    report = tspl_status.find_report(reply[:4096])
    if report is not None:
        return status_facts(tspl_status.to_status(report)) | {"status": report.message}
    if len(reply) == 1 and not request.startswith(b"~"):
        return status_facts(tspl_status.to_status(None, reply[0]), activity=True)
    if request.startswith(b"~!@"):
        return {"mileage": tspl_status.mileage(reply), "odometer": tspl_status.mileage(reply)}
    if request.startswith(b"~!T"):
        return {"model": tspl_status.model(reply)}
    return status_facts(SILENT)


def _epl2(request: bytes, reply: bytes) -> Facts:
    for said in epl2_status.ReplyStream().feed(reply):
        if isinstance(said, epl2_status.Acknowledged):
            return {"ack": True, "event": "acknowledged", "ready": None}
        event: Facts = {"event": "recovered", "recovered": True} if said.recovered else {}
        return status_facts(epl2_status.to_status(said)) | {"errors": list(said.codes)} | event
    return status_facts(SILENT)


def _cpcl(request: bytes, reply: bytes) -> Facts:
    if request.startswith(cpcl_status.ASK_IDENTITY):
        return _identity(cpcl_status.identity(reply)) | {"display": plain(reply)}
    if request.startswith(cpcl_status.ASK_COUNT):
        return {"labels": cpcl_status.count(reply)}
    if request.startswith(b"! U1 getvar"):
        return {"labels": cpcl_status.count_sgd(reply)}
    if len(reply) != 1:
        return status_facts(SILENT)
    extended = request.startswith(cpcl_status.ASK_EXTENDED)
    read = cpcl_status.extended if extended else cpcl_status.status
    return status_facts(read(reply[0]), activity=True)


def _sbpl(request: bytes, reply: bytes) -> Facts:
    for said in sbpl_status.ReplyStream().feed(reply):
        if isinstance(said, sbpl_status.Taken):
            return {"ack": said.ok, "status": "ack" if said.ok else "nak", "ready": None}
        facts = status_facts(sbpl_status.to_status(said))
        return facts | {"job_id": said.job, "status": said.state, "name": said.name, "remaining": said.remaining}
    return status_facts(SILENT)


def _escpos(request: bytes, reply: bytes) -> Facts:
    if request.startswith(b"\x10\x04") and len(request) >= 3:
        found = escpos_status.conditions(request[2], reply[0]) if len(reply) == 1 else None
        if found is None:
            return status_facts(SILENT) | {"valid": False}
        return status_facts(PrinterStatus(not found[0], *found)) | {"valid": True}
    for said in escpos_status.ReplyStream().feed(reply):
        if isinstance(said, escpos_status.Printed):
            return {"process_id": said.process_id.decode("ascii", "replace"), "printed": True}
        if isinstance(said, escpos_status.Automatic):
            return status_facts(PrinterStatus(not said.errors, said.errors, said.warnings))
    return status_facts(SILENT) | {"valid": False, "printed": False}


def _brother(request: bytes, reply: bytes) -> Facts:
    for said in brother_status.PacketStream().feed(reply):
        return status_facts(brother_status.to_status(said)) | {
            "event": said.event,
            "media": said.media,
            "media_width_mm": said.width_mm,
            "media_length_mm": said.length_mm,
            "printed": said.event == "printing-completed",
        }
    return status_facts(SILENT)


def _snmp(request: bytes, reply: bytes) -> Facts:
    try:
        values = snmp.parse_response(reply).values
    except ValueError:
        values = _bare(request.decode("ascii", "replace").strip().removeprefix("."), reply)
    brother = values.get(snmp.BROTHER_STATUS)
    if isinstance(brother, bytes):
        return _brother(request, brother)
    said = snmp_status.parse(values)
    facts: Facts = {"display": said.display, "labels": said.printed}
    if said.errors is not None or said.state is not None:
        facts |= status_facts(PrinterStatus(not said.errors, said.errors or (), said.warnings))
    model = values.get(snmp.HR_DEVICE_DESCR)
    facts |= {"status": said.state} if said.state is not None else {}
    return facts | ({"model": plain(model)} if isinstance(model, bytes) else {})


def _bare(oid: str, reply: bytes) -> dict[str, snmp.Value]:
    """A row may give the value alone: bytes as they are, a number big-endian."""
    number = oid in (snmp.HR_PRINTER_STATUS, snmp.PRT_LIFE_COUNT) and len(reply) <= 8
    return {oid: int.from_bytes(reply, "big") if number else reply}


def _zebra_udp(request: bytes, reply: bytes) -> Facts:
    answer = zebra_udp.parse(reply)
    return asdict(answer) | {"model": answer.name} if answer is not None else status_facts(SILENT)


def _slcs(request: bytes, reply: bytes) -> Facts:
    return status_facts(slcs_status.status(reply[0] if len(reply) == 1 else None))


def _datamax(request: bytes, reply: bytes) -> Facts:
    if request.startswith(datamax_status.ASK_LETTERS):
        return status_facts(datamax_status.letters(reply), activity=True)
    if request.startswith(datamax_status.ASK_REMAINING):
        return {"remaining": datamax_status.labels(reply)}
    if request.startswith(datamax_status.ASK_PRINTED):
        return {"labels": datamax_status.labels(reply)}
    return status_facts(datamax_status.status(reply if len(reply) > 1 else reply + b"\r"), activity=True)


READERS: dict[str, Callable[[bytes, bytes], Facts]] = {
    "zpl": _zpl,
    "sgd": _zpl,
    "tspl": _tspl,
    "fbpl": _tspl,
    "epl": _epl2,
    "cpcl": _cpcl,
    "sbpl": _sbpl,
    "escpos": _escpos,
    "brother": _brother,
    "snmp": _snmp,
    "zebra": _zebra_udp,
    "udp4201": _zebra_udp,
    "slcs": _slcs,
    "bixolon": _slcs,
    "datamax": _datamax,
    "dpl": _datamax,
}
"""By how the name of the language begins: letters and digits only."""
