"""The words that frames files use for what a printer can say, and which of ours each means. Used by `devices.conformance.printers`.

Frames come from many hands: the same bit is "no-media", "media-empty" or "paper-out" in three manuals. A word that stands nowhere here is
a difference, never a match.
"""

from __future__ import annotations

from devices.model import Reason

_R = Reason
_REASONS: dict[Reason, str] = {
    _R.MEDIA_EMPTY: "media-empty-stop no-media end-of-media media-out media-end paper-out paper-empty paper-end out-of-paper no-paper "
    "media-or-ribbon-empty media-or-ribbon-out input-tray-empty",
    _R.MEDIA_LOW: "media-near-end paper-low paper-near-end low-paper near-end",
    _R.MEDIA_JAM: "paper-jam jam jammed cannot-feed media media-error feed-error",
    _R.MARKER_SUPPLY_EMPTY: "ribbon-out ribbon-empty ribbon-end no-ribbon no-toner toner-empty",
    _R.MARKER_SUPPLY_LOW: "ribbon-low ribbon-near-end toner-low low-toner",
    _R.RIBBON_JAM: "marker-supply-jam",
    _R.COVER_OPEN: "head-open door-open latch-open head-up printhead-open",
    _R.PAUSED: "pause cancel-key cancel-key-pressed",
    _R.OFFLINE: "powered-off turned-off printer-off printer-turned-off",
    _R.SERVICE_NEEDED: "service service-requested unrecoverable unrecoverable-error system-error fan fan-fault fan-error",
    _R.BATTERY_LOW: "low-battery weak-battery",
    _R.WAS_RESET: "reset printer-reset",
    _R.LABEL_WAITING: "label-not-removed label-present waiting-to-take-label media-waiting",
    _R.WRONG_MEDIA: "replace-media media-change",
    _R.CUTTER_FAULT: "cutter cutter-jam cutter-error",
    _R.HEAD_OVER_TEMPERATURE: "head-hot head-overheat printhead-overheat auto-recoverable auto-recoverable-error recoverable",
    _R.HEAD_UNDER_TEMPERATURE: "head-cold",
    _R.MOTOR_OVER_TEMPERATURE: "motor-hot motor-overheat",
    _R.BAD_PRINTHEAD_ELEMENT: "bad-element printhead-bad-element printhead-element-bad head-element head head-error",
    _R.PRINTHEAD_DETECTION: "head-detection printhead-detection-error",
    _R.PRINTHEAD_THERMISTOR: "thermistor thermistor-open printhead-thermistor-open",
    _R.INVALID_FIRMWARE_CONFIG: "firmware-config",
    _R.PRESENTER_NOT_RUNNING: "presenter presenter-error",
    _R.PAPER_FEED: "paper-feed-error feed",
    _R.CLEAR_PAPER_PATH: "clear-path clear-paper-path-failed",
    _R.RETRACT_TIMEOUT: "retract retract-timed-out retract-function-timed-out",
    _R.MARK_CALIBRATE: "black-mark-calibrate mark-calibration",
    _R.MARK_NOT_FOUND: "black-mark-not-found gap gap-error gap-not-found sensor sensor-error",
    _R.CALIBRATE_MEDIA: "media-calibrate need-to-calibrate-media",
    _R.CLEAN_PRINTHEAD: "clean-head",
    _R.REPLACE_PRINTHEAD: "replace-head",
    _R.PAPER_PATH_SENSOR: "sensor-1 sensor-2 sensor-3 sensor-4 sensor-5 sensor-6 sensor-7 sensor-8 path-sensor paper-near-end-sensor",
    _R.BUFFER_FULL: "receive-buffer-full buffer-near-full expansion-buffer-full communication-buffer-full",
    _R.MEMORY_FULL: "memory insufficient-memory memory-error out-of-memory card card-error",
    _R.MEMORY_LOST: "ram-lost corrupt-ram",
    _R.PARTIAL_FORMAT: "",
    _R.FEED_KEY: "feed-button feed feed-key-pressed paper-feed paper-feed-button paper-fed-by-key",
    _R.SYNTAX: "syntax",
    _R.LOGICAL: "",
    _R.TRANSMISSION: "communication-error transmission communication",
    _R.BUSY: "in-use printer-in-use main-unit-in-use",
    _R.NO_REPLY: "unknown silence silent invalid invalid-reply invalid-status garbage",
    _R.INPUT_TRAY_MISSING: "",
    _R.OUTPUT_TRAY_MISSING: "",
    _R.MARKER_SUPPLY_MISSING: "",
    _R.OUTPUT_FULL: "output-full",
    _R.OUTPUT_NEAR_FULL: "output-near-full",
    _R.MAINTENANCE_OVERDUE: "overdue-maintenance overdue-prevent-maint",
    _R.OTHER: "error other-error unknown-error high-voltage-adapter",
}

PRINTING = "printing"
"""Not a reason of ours but a flag; frames files list it among the reasons."""


def _by_word() -> dict[str, frozenset[str]]:
    """Which of our words each word may stand for. A few ("feed", "memory") mean different things at different printers."""
    table: dict[str, set[str]] = {}
    for reason, words in _REASONS.items():
        for word in (reason.value, *words.split()):
            table.setdefault(word, set()).add(reason.value)
    for word in (PRINTING, "busy-printing", "label-printing"):
        table.setdefault(word, set()).add(PRINTING)
    table["busy"] = {PRINTING, Reason.BUSY.value}
    return {word: frozenset(ours) for word, ours in table.items()}


_BY_WORD = _by_word()

_STATES = (
    "normal idle ready ok",
    "paused pause",
    "backing backing-label backing-up backfeed",
    "cutting cut",
    "error printer-error",
    "feeding feed form-feed",
    "waiting-key wait-key waiting-for-key waiting-print-key waiting-to-press-print-key wait-print-key waiting-for-print-key key-waiting",
    "label-waiting wait-take waiting-take waiting-to-take-label waiting-to-dispense waiting-take-label",
    "printing printing-batch",
    "imaging",
    "compiling editing analyzing",
    "marker-supply-low ribbon-near-end ribbon-low",
    "marker-supply-empty ribbon-end ribbon-empty",
    "buffer-near-full",
    "buffer-full",
    "cover-open head-open",
    "media-empty paper-end media-out paper-empty",
    "media media-error media-jam",
    "sensor sensor-error",
    "head head-error printhead",
    "card card-error memory-card",
    "cutter cutter-error cutter-fault",
    "other other-error",
    "offline",
    "printing-completed printed completed printing-complete",
    "phase-printing",
    "phase-waiting phase-receiving phase-ready waiting-to-receive",
    "reply status-reply reply-to-request",
    "notification",
    "turned-off power-off",
    "recovered recovery resumed cleared xon",
    "other-state",
    "warmup",
    "unknown",
)


def same_conditions(expected: list[object], ours: set[str]) -> bool:
    """Whether the words of a row and our reasons pair off one to one, in whatever order (a printer reports them all at once)."""
    choices = [_BY_WORD.get(word, frozenset()) if isinstance(word, str) else frozenset() for word in expected]
    if not all(choice & ours for choice in choices):
        return False
    named = {word for choice in choices for word in choice & ours}
    return named == ours


def same_state(expected: object, ours: str) -> bool:
    """Whether a row's word for what the printer does means ours."""
    if not isinstance(expected, str):
        return False
    return expected == ours or any({expected, ours} <= set(words.split()) for words in _STATES)
