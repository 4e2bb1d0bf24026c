"""The words of this room: what a scan, a weight, a print job and a link are. Used by all of `devices` and by the client's bootstrap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum, unique


@dataclass(frozen=True, slots=True, order=True)
class DeviceKey:
    """Identity of one physical device on one way of reaching it: `ser:/dev/ttyUSB0`, `net:10.0.0.7:9100`, `wedge:keyboard`."""

    text: str

    def __str__(self) -> str:
        return self.text


@unique
class Role(StrEnum):
    """What a device is for at a station. Work is routed by role, never by model."""

    SCANNER = "scanner"
    SCALE = "scale"
    LABEL_PRINTER = "label-printer"
    PAPER_PRINTER = "paper-printer"


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What is known about a device: how it is reached, what people call it, what it said it is."""

    key: DeviceKey
    role: Role
    name: str
    url: str
    model: str = ""
    firmware: str = ""
    serial: str = ""


@unique
class LinkState(StrEnum):
    """Where the link to one device stands; the allowed steps are `devices.session.TRANSITIONS`."""

    ABSENT = "absent"
    OPENING = "opening"
    PROBING = "probing"
    READY = "ready"
    DEGRADED = "degraded"
    LOST = "lost"
    BACKOFF = "backoff"
    DISABLED = "disabled"
    MISCONFIGURED = "misconfigured"


@unique
class Reason(StrEnum):
    """Why a device is not fine, in IPP `printer-state-reasons` keywords where IPP has one (RFC 8011 5.4.12)."""

    # the link
    ABSENT = "absent"
    BUSY = "busy"
    DENIED = "denied"
    REFUSED = "refused"
    TIMED_OUT = "timed-out"
    LOST = "lost"
    NO_REPLY = "no-reply"
    WRONG_DIALECT = "wrong-dialect"
    STOPPED = "stopped"
    OVERFLOW = "overflow"
    # label printers
    MEDIA_EMPTY = "media-empty"
    MEDIA_LOW = "media-low"
    MEDIA_JAM = "media-jam"
    MARKER_SUPPLY_EMPTY = "marker-supply-empty"
    MARKER_SUPPLY_LOW = "marker-supply-low"
    RIBBON_JAM = "ribbon-jam"
    OFFLINE = "offline"
    SERVICE_NEEDED = "service-needed"
    BATTERY_LOW = "battery-low"
    WAS_RESET = "was-reset"
    LABEL_WAITING = "label-waiting"
    WRONG_MEDIA = "wrong-media"
    INPUT_TRAY_MISSING = "input-tray-missing"
    OUTPUT_TRAY_MISSING = "output-tray-missing"
    MARKER_SUPPLY_MISSING = "marker-supply-missing"
    OUTPUT_FULL = "output-area-full"
    OUTPUT_NEAR_FULL = "output-area-almost-full"
    MAINTENANCE_OVERDUE = "maintenance-overdue"
    COVER_OPEN = "cover-open"
    PAUSED = "paused"
    CUTTER_FAULT = "cutter-fault"
    HEAD_OVER_TEMPERATURE = "head-over-temperature"
    HEAD_UNDER_TEMPERATURE = "head-under-temperature"
    MOTOR_OVER_TEMPERATURE = "motor-over-temperature"
    BAD_PRINTHEAD_ELEMENT = "bad-printhead-element"
    PRINTHEAD_DETECTION = "printhead-detection"
    PRINTHEAD_THERMISTOR = "printhead-thermistor"
    INVALID_FIRMWARE_CONFIG = "invalid-firmware-config"
    PRESENTER_NOT_RUNNING = "presenter-not-running"
    PAPER_FEED = "paper-feed"
    CLEAR_PAPER_PATH = "clear-paper-path"
    RETRACT_TIMEOUT = "retract-timeout"
    MARK_CALIBRATE = "mark-calibrate"
    MARK_NOT_FOUND = "mark-not-found"
    CALIBRATE_MEDIA = "calibrate-media"
    CLEAN_PRINTHEAD = "clean-printhead"
    REPLACE_PRINTHEAD = "replace-printhead"
    PAPER_PATH_SENSOR = "paper-path-sensor"
    BUFFER_FULL = "buffer-full"
    MEMORY_FULL = "memory-full"
    FEED_KEY = "feed-key"
    PARTIAL_FORMAT = "partial-format"
    MEMORY_LOST = "memory-lost"
    OTHER = "other"
    # print jobs
    UNCONFIRMED = "unconfirmed"
    JOURNAL = "journal"
    HELD = "held"
    CANCELLED = "cancelled"
    ABORTED = "aborted"
    MOVED = "moved"
    # scales
    TRANSMISSION = "transmission-error"
    SYNTAX = "syntax-error"
    LOGICAL = "logical-error"
    NEEDS_ZERO = "needs-zero"
    NEEDS_CALIBRATION = "needs-calibration"
    NOT_A_WEIGHT = "not-a-weight"


@unique
class ScanSource(StrEnum):
    """By which channel a scan came in."""

    SERIAL = "serial"
    WEDGE = "wedge"
    EVDEV = "evdev"
    HID_POS = "hid-pos"
    SSI = "ssi"


@dataclass(frozen=True, slots=True)
class Scan:
    """One barcode as the scanner sent it, without prefix, suffix and AIM identifier. `at` is seconds of the hub's monotonic clock."""

    data: bytes
    text: str
    symbology: str | None
    device: DeviceKey
    at: float
    source: ScanSource


@unique
class WeightState(StrEnum):
    """What the scale says about its own reading. Only STABLE and ZERO (a stable nothing) are weights one may act on.

    UNKNOWN is a figure of a scale that does not say whether it stands still; `devices.weighing` finds out, so no hub ever hands one out.
    """

    STABLE = "stable"
    UNSTABLE = "unstable"
    UNKNOWN = "unknown"
    ZERO = "zero"
    OVER = "over"
    UNDER = "under"
    BUSY = "busy"
    ERROR = "error"
    OFF = "off"


# International avoirdupois pound and ounce are defined exactly in grams (1959).
GRAMS_PER = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "mg": Decimal("0.001"),
    "t": Decimal(1_000_000),
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer of a scale: the figure on its display in `unit`, the bytes it came from, `at` in seconds of the hub's clock.

    `details` is what else the frame said, by name (a checksum that held, a count, an amount), in the words of the dialect's codec.
    """

    value: Decimal
    unit: str
    state: WeightState
    raw: bytes
    at: float
    net: bool = False
    tare: Decimal | None = None
    details: tuple[tuple[str, str], ...] = ()

    @property
    def grams(self) -> Decimal:
        """The value in grams, exact. Raises KeyError for a unit that is not a weight."""
        return self.value * GRAMS_PER[self.unit]

    @property
    def usable(self) -> bool:
        """True when the scale itself says that this weight stands still."""
        return self.state in (WeightState.STABLE, WeightState.ZERO)


JOB_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One thing to print. A `serialised` job (SSCC, serial number) must never come out twice by our doing.

    `payload` is one or more complete formats in the printer's language, `meaning` is what people call it. `identity` is what must not
    exist twice (the SSCC); a second job with the same one must name the first as `reprint_of`, why, and who asked. A `foreign` payload
    was written by somebody else (`codecs.printers.zpl_foreign`). `labels` is how many labels one copy of the payload is. `printer` is
    filled in by the queue: the key of the printer that has the job.
    """

    job_id: str
    payload: bytes
    copies: int = 1
    serialised: bool = True
    meaning: str = ""
    identity: str = ""
    reprint_of: str = ""
    reprint_reason: str = ""
    asked_by: str = ""
    foreign: bool = False
    labels: int = 1
    printer: str = ""

    def __post_init__(self) -> None:
        # The id is printed on the label and echoed by the printer, so it must need no escaping in any printer language.
        if not JOB_ID.fullmatch(self.job_id):
            raise ValueError(f"job id must be 1..64 of A-Z a-z 0-9 . _ : - but is {self.job_id!r}")
        if not 1 <= self.copies <= 999:
            raise ValueError(f"copies must be 1..999 but is {self.copies}")

    @property
    def expected(self) -> int:
        """How many labels must come out."""
        return self.labels * self.copies


@unique
class JobState(StrEnum):
    """QUEUED -> PREFLIGHT -> SENDING -> SENT -> PRINTED, or FAILED (not one byte was sent) or UNCERTAIN (at least one byte was)."""

    QUEUED = "queued"
    PREFLIGHT = "preflight"
    SENDING = "sending"
    SENT = "sent"
    PRINTED = "printed"
    FAILED = "failed"
    UNCERTAIN = "uncertain"

    @property
    def final(self) -> bool:
        """True when the queue will not touch the job again."""
        return self in (JobState.PRINTED, JobState.FAILED, JobState.UNCERTAIN)


@unique
class Verdict(StrEnum):
    """What a person found out about an UNCERTAIN job: saw the label, saw that there is none, or scanned it (which proves it)."""

    CAME_OUT = "came-out"
    NOT_OUT = "not-out"
    SCANNED = "scanned"


@dataclass(frozen=True, slots=True)
class JobReport:
    """How far one job has come, and at which printer.

    `level` is the rung of evidence: 0 sent, 1 printer was clean before, 2 consumed, 3 printed by the printer's own word, 4 label scanned.
    """

    job_id: str
    state: JobState
    level: int = 0
    reasons: tuple[Reason, ...] = ()
    detail: str = ""
    printer: DeviceKey | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class PrinterIdentity:
    """Who a printer says it is. `dpmm` is dots per millimetre (8 = 203 dpi, 12 = 300 dpi, 24 = 600 dpi), None when it does not tell."""

    model: str
    firmware: str = ""
    dpmm: int | None = None
    serial: str = ""


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What a printer says about itself. `ready` None means it did not answer, which is UNKNOWN and never READY."""

    ready: bool | None
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    formats: int | None = None
    remaining: int | None = None
    label_waiting: bool = False
    printing: bool = False


@dataclass(frozen=True, slots=True)
class DeviceFault:
    """A device works but says something is wrong, or no longer does (`reason` None: all clear)."""

    reason: Reason | None
    detail: str = ""


@unique
class Feedback(Enum):
    """What the process answers to a scan: taken, refused, or look at the screen."""

    ACCEPT = "accept"
    REJECT = "reject"
    ATTENTION = "attention"
