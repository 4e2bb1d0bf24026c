"""The chips of the strip: connection, facts waiting, age of the data, devices, battery - in calm words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.core.views import DeviceStatus, LinkStatus
from app.screens.words import Word
from app.ui.texts import Texts
from app.ui.widgets.chips import Chip

#: Data older than this says so, in seconds.
OLD_DATA = 300
#: Facts that wait longer than this say how long, in seconds.
LONG_WAIT = 60
_LOW = 20
_ROLES = {
    "scanner": Word.SCANNER,
    "scale": Word.SCALE,
    "label-printer": Word.LABEL_PRINTER,
    "paper-printer": Word.PAPER_PRINTER,
}


def link_chips(texts: Texts, link: LinkStatus | None, elapsed: float) -> tuple[Chip, ...]:
    """What to say of the connection, `elapsed` seconds after its status was told."""
    if link is None:
        return ()
    if link.trouble is not None:
        chips = [Chip(texts.word(Word.SHUT_OUT if link.trouble == "revoked" else Word.PAIR_AGAIN), "bad", "ring", 10)]
    elif not link.online:
        chips = [Chip(texts.word(Word.OFFLINE, age=texts.age(link.since_s + elapsed)), "warn", "ring", 9)]
    elif link.catching_up:
        chips = [Chip(texts.word(Word.CATCHING_UP), "ask", "ring", 9)]
    else:
        chips = [Chip(texts.word(Word.ONLINE), "good", "full", 9)]
    if link.waiting:
        chips.append(Chip(_waiting(texts, link, elapsed), "text", rank=8))
    if link.data_age_s is not None and link.data_age_s + elapsed > OLD_DATA:
        chips.append(Chip(texts.word(Word.DATA_AGE, age=texts.age(link.data_age_s + elapsed)), "text", rank=3))
    return tuple(chips)


def _waiting(texts: Texts, link: LinkStatus, elapsed: float) -> str:
    """How many facts wait; and how long, when they should have gone long ago. Offline, the chip beside it says since when."""
    oldest = (link.oldest_s or 0.0) + elapsed
    if not link.online or oldest < LONG_WAIT:
        return texts.word(Word.WAITING_FACTS, n=link.waiting)
    return texts.word(Word.WAITING_LONG, n=link.waiting, age=texts.age(oldest))


def role_name(texts: Texts, device: DeviceStatus) -> str:
    """What people call a device: by what it is for."""
    word = _ROLES.get(device.role)
    return texts.word(word) if word else device.name


def device_state(texts: Texts, device: DeviceStatus) -> str:
    """How a device is, in two or three words."""
    if device.message is not None:
        return texts.fault(str(device.message.words.get("fault", "")))
    return texts.word(Word.DEVICE_READY if device.ready else Word.DEVICE_STARTING)


def device_chips(texts: Texts, devices: tuple[DeviceStatus, ...], *, all_of_them: bool) -> tuple[Chip, ...]:
    """One chip a device at a desk. On a handheld only what is wrong: the worst device in words, and how many more there are."""
    stopped = [d for d in devices if not d.ready]
    chips = []
    for device in devices if all_of_them else ():
        name = role_name(texts, device)
        if device.ready and device.message is None:
            text = (
                texts.word(Word.DEVICE_READS, device=name, reading=texts.reading(device.reading))
                if device.reading
                else name
            )
            chips.append(Chip(text, "good", "full", 4))
        else:
            chips.append(_fault_chip(texts, device))
    if stopped and not all_of_them:
        first = _fault_chip(texts, stopped[0])
        more = len(stopped) - 1
        chips.append(replace(first, text=texts.word(Word.DEVICE_AND_MORE, text=first.text, n=more)) if more else first)
    return tuple(chips)


def _fault_chip(texts: Texts, device: DeviceStatus) -> Chip:
    """What is wrong outranks all else in the strip while it stops the work; a warning does not."""
    text = texts.word(Word.DEVICE_IS, device=role_name(texts, device), state=device_state(texts, device))
    return Chip(text, "warn", "ring", 5 if device.ready else 10)


def battery_percent(root: Path = Path("/sys/class/power_supply")) -> int | None:
    """Charge of this device's battery in per cent, None where there is none (Linux power supply class)."""
    try:
        for supply in sorted(root.iterdir()):
            kind, capacity = supply / "type", supply / "capacity"
            if kind.read_text().strip() == "Battery" and capacity.exists():
                return int(capacity.read_text())
    except (OSError, ValueError):
        return None
    return None


def battery_chip(texts: Texts, percent: int | None) -> tuple[Chip, ...]:
    """The battery, if there is one; amber when it is low."""
    if percent is None:
        return ()
    return (
        Chip(
            texts.word(Word.BATTERY, n=percent), "warn" if percent <= _LOW else "text", rank=2 if percent > _LOW else 7
        ),
    )
