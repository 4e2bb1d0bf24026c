"""From a reason of the device room to the message a person reads: what is wrong, and what helps. Used by the board and the set-up desk."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.core.messages import Code, Message, say
from devices.model import Reason

_R = Reason
#: What helps, by reason; the sentences are in the context `helps` of the translations. What is not listed goes to support.
_HELPS: dict[str, tuple[Reason, ...]] = {
    "close_other": (_R.BUSY,),
    "let_in": (_R.REFUSED,),
    "dialect": (_R.WRONG_DIALECT,),
    "restart": (
        _R.STOPPED,
        _R.OVERFLOW,
        _R.BUFFER_FULL,
        _R.PARTIAL_FORMAT,
        _R.MEMORY_LOST,
        _R.MEMORY_FULL,
        _R.INVALID_FIRMWARE_CONFIG,
        _R.PRESENTER_NOT_RUNNING,
    ),
    "labels": (_R.MEDIA_EMPTY,),
    "labels_soon": (_R.MEDIA_LOW,),
    "jam": (
        _R.MEDIA_JAM,
        _R.RIBBON_JAM,
        _R.CUTTER_FAULT,
        _R.CLEAR_PAPER_PATH,
        _R.RETRACT_TIMEOUT,
        _R.PAPER_PATH_SENSOR,
        _R.PAPER_FEED,
    ),
    "ribbon": (_R.MARKER_SUPPLY_EMPTY, _R.MARKER_SUPPLY_MISSING),
    "ribbon_soon": (_R.MARKER_SUPPLY_LOW,),
    "close_lid": (_R.COVER_OPEN,),
    "resume": (_R.PAUSED,),
    "go_online": (_R.OFFLINE,),
    "cool": (_R.HEAD_OVER_TEMPERATURE, _R.MOTOR_OVER_TEMPERATURE),
    "warm": (_R.HEAD_UNDER_TEMPERATURE,),
    "service": (
        _R.SERVICE_NEEDED,
        _R.MAINTENANCE_OVERDUE,
        _R.BAD_PRINTHEAD_ELEMENT,
        _R.PRINTHEAD_DETECTION,
        _R.PRINTHEAD_THERMISTOR,
        _R.REPLACE_PRINTHEAD,
    ),
    "clean": (_R.CLEAN_PRINTHEAD,),
    "calibrate": (_R.MARK_CALIBRATE, _R.MARK_NOT_FOUND, _R.CALIBRATE_MEDIA),
    "take_label": (_R.LABEL_WAITING,),
    "right_labels": (_R.WRONG_MEDIA,),
    "tray": (_R.INPUT_TRAY_MISSING, _R.OUTPUT_TRAY_MISSING),
    "empty_output": (_R.OUTPUT_FULL, _R.OUTPUT_NEAR_FULL),
    "charge": (_R.BATTERY_LOW,),
    "wait": (_R.WAS_RESET, _R.LOGICAL, _R.FEED_KEY),
    "look": (_R.UNCONFIRMED, _R.ABORTED),
    "line": (_R.TRANSMISSION, _R.SYNTAX),
    "show_weight": (_R.NOT_A_WEIGHT,),
    "adjust": (_R.NEEDS_CALIBRATION,),
    "set_zero": (_R.NEEDS_ZERO,),
    "nothing": (_R.HELD, _R.CANCELLED, _R.MOVED),
}
_BY_REASON = {reason: key for key, reasons in _HELPS.items() for reason in reasons}
_AWAY = frozenset({_R.ABSENT, _R.LOST, _R.NO_REPLY, _R.TIMED_OUT})
#: Linux: which group opens the nodes of a scheme (packaging/udev/70-floorhand.rules).
GROUPS = {"serial": "dialout", "usblp": "lp", "hid": "input", "evdev": "input"}


def help_for(reason: Reason, url: str) -> str:
    """Key of what helps: it depends on the reason, and for a device that is away or closed to us also on how it is reached."""
    scheme = urlsplit(url).scheme
    local = scheme in GROUPS
    if reason in _AWAY:
        return "plug_in" if local else "network"
    if reason is _R.DENIED:
        return f"join_{GROUPS[scheme]}" if local else "let_in"
    return _BY_REASON.get(reason, "support")


def fault_message(device: str, reason: Reason, url: str) -> Message:
    """`Dock 3 printer: out of labels`, with what helps."""
    return say(Code.DEVICE_FAULT, device=device, fault=reason.value, help=help_for(reason, url))
