"""What the device set-up screen needs from the client: which devices are in use or found, and every act on them.

Implemented by `app.wiring.device_desk`. Roles are in `ROLES`; a `key` names one device for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.core.messages import Message

ROLES = ("scanner", "scale", "label-printer", "paper-printer")

#: Key of the keyboard scanner that is always there; scans of it carry this as their device.
KEYBOARD = "keyboard"


@dataclass(frozen=True, slots=True)
class WeightFace:
    """What a scale shows now: its own figure and unit, and its state (`stable`, `zero`, `unstable`, `over`, `under`, `busy`...)."""

    figure: str
    state: str


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """One device in use. `link` is `ready`, `starting` or `trouble`; `trouble` says what is wrong, also while `link` is `ready` (labels
    running low). `test` is how its test label fares: `waiting`, `printing`, `printed`, `unsure` or `failed`, empty without one.
    """

    key: str
    role: str
    name: str
    address: str
    link: str = "ready"
    trouble: Message | None = None
    model: str = ""
    weight: WeightFace | None = None
    test: str = ""
    dialect: str = ""
    #: What else it could be spoken to in, with `dialect`; empty where there is no choice.
    dialects: tuple[str, ...] = ()
    #: The keyboard scanner cannot be removed: it is wherever the keyboard is.
    fixed: bool = False
    #: A barcode that shows whether this scanner types for the right keyboard: widths of bars and spaces in turn, in modules.
    proof: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A device that is there and has no role. `role` and `dialect` are what it says it is, empty if nobody knows."""

    key: str
    name: str
    address: str
    role: str = ""
    dialect: str = ""
    #: By what means it was seen: `serial port`, `mDNS`...; empty when a person typed it and nobody answered.
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskView:
    """All devices at one moment."""

    devices: tuple[DeviceCard, ...] = ()
    found: tuple[FoundCard, ...] = ()
    searching: bool = False


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What a scan says by itself: `text` safe to show, `fields` as (field, value), `trouble` what is wrong with how it arrived."""

    text: str
    symbology: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    trouble: Message | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing of this computer that was checked: `what` names it, `message` says how it is and `command` what helps, if it is bad."""

    good: bool
    message: Message
    command: str = ""


class DeviceDesk(Protocol):
    """The devices of this place. `view`, `watch` and `stop_asking` return at once; all else may take seconds and runs on a worker.

    Methods that give a `Message` say with it how it went; those with a bad or warning tone have changed nothing.
    """

    def view(self) -> DeskView:
        """As it stands now."""

    def watch(self, on: bool) -> None:
        """Whether somebody looks: only then every change and every weight is told."""

    def search(self) -> None:
        """Broadcast on the network and look at every port: a person asked for it. What answers comes with later views."""

    def identify(self, address: str) -> FoundCard | Message:
        """Ask what is at an address that a person typed: host, host:port, a port's name, or a whole link. May take half a minute."""

    def stop_asking(self) -> None:
        """The `identify` that was asked for need not go on: it answers soon with what it knows. Returns at once."""

    def use(self, found: FoundCard, role: str) -> Message:
        """Give a found device a role and begin to talk to it. `DEVICE_IN_USE` when that went well."""

    def change_role(self, key: str, role: str) -> Message:
        """Another role for a device in use."""

    def speak(self, key: str, dialect: str) -> Message:
        """Another language for a device in use."""

    def remove(self, key: str) -> Message:
        """Let a device go."""

    def restore(self) -> Message:
        """Take back the last removal."""

    def retry(self, key: str) -> None:
        """Try again at once."""

    def zero(self, key: str) -> None:
        """Set a scale to zero."""

    def print_test(self, key: str) -> Message | None:
        """Print a label that says it is a test; how it fares comes with later views. A message if it cannot even be queued."""

    def save_traffic(self, key: str) -> Message:
        """Write what went over the wire in the last five minutes into a file."""

    def check(self) -> tuple[Finding, ...]:
        """Look whether this computer lets us at its devices: groups, rules, services."""

    def read(self, text: str, symbology: str | None, device: str) -> ScanFacts:
        """What a text says that this device scanned."""
