"""Judges scale frames (rows with `protocol`): request, reply in hex, and what the reply means.

A row says what it expects in plain words (`"state": "needs-zero"`). The codecs answer with types, so the words are looked up here;
spellings of one meaning are listed together, and a word or key that is not known here is a difference, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from devices.codecs.scales.dialect import Dialect
from devices.codecs.scales.dialects import DIALECTS
from devices.codecs.scales.replies import Ack, Fault, Identity, Ignored, Reply, Status
from devices.conformance.report import BadRow, Row
from devices.model import Reading, Reason, WeightState

_ALIASES = {"mt-sics-emulator-quirk": "mt-sics", "ap-1": "cas-ecr", "scp-01": "nci"}
_LONGEST = 10_000
_STATES = {
    "stable": (WeightState.STABLE, WeightState.ZERO),
    "unstable": (WeightState.UNSTABLE,),
    "motion": (WeightState.UNSTABLE,),
    "zero": (WeightState.ZERO,),
    "over": (WeightState.OVER,),
    "under": (WeightState.UNDER,),
    "busy": (WeightState.BUSY,),
    "no-weight": (WeightState.BUSY,),
    "not-ready": (WeightState.BUSY,),
    "not-available": (WeightState.BUSY,),
    "timeout": (WeightState.BUSY,),
    "off": (WeightState.OFF,),
    "unknown": (WeightState.UNKNOWN,),
}
_FAULT_WORDS = {
    "needs-zero": {"needs-zero", "re-zero", "rezero"},
    "needs-calibration": {
        "needs-calibration",
        "needs-calibrate",
        "calibrate",
        "calibration",
        "calibration-error",
        "recalibrate",
        "uncalibrated",
    },
    "initial-zero-error": {"initial-zero-error", "initial-zero"},
    "initial-zero": {"initial-zero-error", "initial-zero"},
    "zero": {"zero", "zero-error"},
    "tare": {"tare", "tare-error"},
}
_ACK_WORDS = {
    "accepted": {"accepted", "ok", "ack"},
    "done": {"done", "ok", "finished", "completed"},
    "dynamic": {"dynamic", "unstable"},
    "tare-clear": {"tare-clear", "tare", "clear", "cleared"},
    "tare-set": {"tare-set", "tare", "set"},
    "ready": {"ready", "enq", "weight-ready"},
    "timeout": {"timeout", "busy"},
    "not-available": {"not-available", "unavailable", "busy"},
}
_SILENCE = {"no-answer", "no-reply", "no-new-weight", "no-weight", "silent", "none", "ignore"}
_REFUSED = {"ignore", "ignored", "invalid", "rejected", "reject", "refused", "discard", "dropped", "corrupt", "garbage"}
_BROKEN = {"bad", "error", "wrong", "failed", "mismatch", "invalid", "false"}
_IDENTITY_KEYS = {"software": ("software", "version", "firmware"), "commands": ("commands", "level")}


def check(row: Row) -> list[str]:
    """See report.Check. BadRow when the row lacks `reply_hex` or `expect`, or they are of the wrong kind."""
    dialect = DIALECTS.get(_ALIASES.get(str(row.get("protocol")), str(row.get("protocol"))))
    if dialect is None:
        return [f"the protocol {str(row.get('protocol'))[:40]!r} is not spoken here"]
    expect = row.get("expect")
    if not isinstance(expect, dict):
        raise BadRow("expect is not an object")
    data = _bytes(row, "reply_hex")
    if not data and str(expect.get("state")).replace("_", "-") in _SILENCE:
        return [] if dialect.silence_is_normal else ["silence means a lost link in this dialect"]
    reply = _reply(dialect, data)
    if isinstance(reply, Ack) and not reply.command:
        # A bare acknowledgement says only that it was done; what, is in the request.
        reply = replace(reply, command=_asked(dialect, _bytes(row, "request_hex") if row.get("request_hex") else b""))
    refused = reply is None or isinstance(reply, Ignored)
    if isinstance(row.get("ok"), bool) and row["ok"] is refused:
        return [f"ok should be {row['ok']} but there is {_words(reply)}"]
    return [word for name, wanted in expect.items() if (word := _differs(reply, str(name), wanted, expect))]


def _asked(dialect: Dialect, request: bytes) -> str:
    commands = dialect.commands
    names = {commands.zero: "zero", commands.tare: "tare", commands.clear: "tare-clear"}
    return names.get(request, "") if request else ""


def _bytes(row: Row, name: str) -> bytes:
    text = row.get(name)
    if not isinstance(text, str) or len(text) > 2 * _LONGEST:
        raise BadRow(f"{name} is no hex text of at most {_LONGEST} bytes")
    try:
        return bytes.fromhex(text)
    except ValueError as bad:
        raise BadRow(f"{name}: {bad}") from bad


def _reply(dialect: Dialect, data: bytes) -> Reply | None:
    """What the driver's own way, framer and codec, makes of the bytes; of several frames the last that says anything."""
    cutter = dialect.cutter()
    frames = [*cutter.feed(data, 0.0), *cutter.feed(b"", 10.0)]
    replies = [reply for frame in frames if (reply := dialect.parse(frame, 0.0)) is not None]
    return replies[-1] if replies else None


def _differs(reply: Reply | None, name: str, wanted: Any, expect: dict[str, Any]) -> str:
    """ "" when `reply` says `wanted` under `name`, otherwise in words what it says instead."""
    judge = _JUDGES.get(name.replace("_", "-"))
    if judge is None:
        return f"nobody here can judge {name[:40]!r}"
    if judge(reply, wanted, expect):
        return ""
    return f"{name} should be {str(wanted)[:60]!r} in {_words(reply)}"


def _words(reply: Reply | None) -> str:
    return "nothing understood" if reply is None else f"{reply!r:.200}"


def _state(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    word = str(wanted).replace("_", "-")
    if word in _STATES:
        # A blank SBI unit, for one, makes no figure; stable and unstable may be told without one.
        return isinstance(reply, Reading | Status | Ack) and reply.state in _STATES[word]
    if word in _REFUSED:
        return reply is None or isinstance(reply, Ignored)
    if word == "error":
        refused = isinstance(reply, Ack) and not reply.done
        return isinstance(reply, Fault) or refused or _bad_checksum(reply, expect.get("error"))
    if word == "unknown-command":
        return isinstance(reply, Fault) and reply.reason is Reason.SYNTAX
    return _bad_checksum(reply, word) or (isinstance(reply, Fault) and _same_fault(reply, word))


def _bad_checksum(reply: Reply | None, word: Any) -> bool:
    return isinstance(reply, Ignored) and reply.why == "checksum" and "checksum" in str(word).lower()


def _same_fault(reply: Fault, word: str) -> bool:
    same = word.removesuffix("-error") == reply.word.removesuffix("-error")
    return same or word in _FAULT_WORDS.get(reply.word, set())


def _error(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    word = str(wanted)
    if _bad_checksum(reply, word):
        return True
    if isinstance(reply, Ack) and not reply.done:
        return word in _ACK_WORDS.get(reply.stage, {reply.stage})
    if isinstance(reply, Status):
        return reply.word == word
    if not isinstance(reply, Fault):
        return False
    # "ERR 054", "054" and 54 are the same code; so are "status 1" and "1".
    return _same_fault(reply, word) or reply.word.split(" ")[-1].lstrip("0") == word.split(" ")[-1].lstrip("0")


def _weight(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    if wanted is None:
        # No weight that one may use, or, of a dialect without a stability flag, might come to use.
        return not (isinstance(reply, Reading) and reply.state in (WeightState.STABLE, WeightState.UNKNOWN))
    if isinstance(reply, Ack | Status):
        return reply.tare is not None and str(reply.tare) == wanted
    return isinstance(reply, Reading) and not _without_figure(reply) and str(reply.value) == wanted


def _without_figure(reading: Reading) -> bool:
    return reading.state in (WeightState.OVER, WeightState.UNDER, WeightState.BUSY, WeightState.ERROR, WeightState.OFF)


def _unit(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    return not isinstance(reply, Identity | Ignored | None) and reply.unit == (wanted or "")


def _net(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    return isinstance(reply, Reading | Status) and reply.net is wanted


def _gross(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    return isinstance(reply, Reading | Status) and reply.net is not wanted


def _tare(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    tare = reply.tare if isinstance(reply, Reading | Ack | Status) else None
    if isinstance(wanted, bool):
        return wanted is (tare is not None)
    return (
        (tare is None)
        if wanted is None
        else (tare is not None and tare == _decimal(wanted) and str(tare) == str(wanted))
    )


def _decimal(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text))
    except ArithmeticError:
        return None


def _zero(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    return isinstance(reply, Reading | Status) and (reply.state is WeightState.ZERO) is wanted


def _ack(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    if not isinstance(reply, Ack):
        return False
    if isinstance(wanted, bool):
        return reply.done is wanted
    known = {reply.command, reply.stage, *reply.command.split("-")}
    known |= _ACK_WORDS.get(reply.command, set()) | _ACK_WORDS.get(reply.stage, set())
    return reply.done and (str(wanted) in known or set(str(wanted).split("-")) <= known)


def _probe(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    return wanted in ("ok", True) and isinstance(reply, Ack) and reply.command == "echo"


def _identity(key: str) -> Callable[[Reply | None, Any, dict[str, Any]], bool]:
    def judge(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
        return (
            isinstance(reply, Identity)
            and key in _IDENTITY_KEYS.get(reply.kind, (reply.kind,))
            and reply.text == wanted
        )

    return judge


def _detail(name: str) -> Callable[[Reply | None, Any, dict[str, Any]], bool]:
    def judge(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
        said = dict(reply.details).get(name) if isinstance(reply, Reading | Fault | Status) else None
        if isinstance(wanted, bool):
            return wanted is (said is not None)
        return said is not None and said == str(wanted)

    return judge


def _checksum(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    if str(wanted).lower() in _BROKEN:
        return _bad_checksum(reply, "checksum")
    return _detail("checksum")(reply, wanted if wanted is True else "ok", expect)


def _diagnostics(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    if isinstance(reply, Fault):
        return _same_fault(reply, str(wanted))
    return wanted in ("ok", True) and isinstance(reply, Ack) and reply.command == "diagnostics"


def _count(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    return isinstance(reply, Reading) and reply.unit == "pcs" and reply.value == _decimal(wanted)


def _code(reply: Reply | None, wanted: Any, expect: dict[str, Any]) -> bool:
    if isinstance(reply, Status):
        return reply.word == str(wanted)
    return _error(reply, wanted, expect) or _detail("status-byte")(reply, wanted, expect)


_JUDGES: dict[str, Callable[[Reply | None, Any, dict[str, Any]], bool]] = {
    "state": _state,
    "error": _error,
    "weight": _weight,
    "unit": _unit,
    "net": _net,
    "gross": _gross,
    "tare": _tare,
    "zero": _zero,
    "ack": _ack,
    "probe": _probe,
    "count": _count,
    "checksum": _checksum,
    "diag": _diagnostics,
    "diagnostics": _diagnostics,
    "status": _code,
    "status-code": _code,
    "code": _code,
    **{
        key: _identity(key)
        for key in ("about", "model", "serial", "software", "version", "firmware", "level", "manufacturer")
    },
    **{key: _detail(key) for key in ("status-byte", "compare", "hold", "unverified-digit", "unit-price", "amount")},
}
