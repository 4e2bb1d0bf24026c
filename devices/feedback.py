"""Answering a scan at the scanner itself: accept, reject, attention as bytes. Used by the drivers of scanners that can be answered."""

from __future__ import annotations

from devices.model import Feedback

# Host ACK/NAK handshake and "beep on BEL": Honeywell 3310g p.2-22, MS9540 p.54. The scanner beeps once on ACK and three times on BEL. NAK
# is no word for a refused scan: it has the scanner send the same scan again.
ACK_NAK_BEL = {Feedback.ACCEPT: b"\x06", Feedback.REJECT: b"\x07", Feedback.ATTENTION: b"\x07"}

# Scanners that beep by themselves on a good read and have "beep on BEL" switched on, but no handshake (Zebra over plain serial).
BEL_ONLY = {Feedback.ACCEPT: b"", Feedback.REJECT: b"\x07", Feedback.ATTENTION: b"\x07"}

# PSC/Datalogic PowerScan p.143: "B" is the good-read beep; there is no host command for a bad one, so screen and PC sound say it.
DATALOGIC = {Feedback.ACCEPT: b"B", Feedback.REJECT: b"", Feedback.ATTENTION: b""}

PROFILES = {"ack": ACK_NAK_BEL, "bel": BEL_ONLY, "datalogic": DATALOGIC, "none": dict.fromkeys(Feedback, b"")}
"""By the name that stands in the address of the scanner (`?feedback=ack`)."""

# SSI beep codes (SSI Programmer Guide): 00-04 short high, 05-09 short low, 0A-0E long high, 0F-13 long low, 14 fast warble.
SSI_ANSWERS = {Feedback.ACCEPT: 0x00, Feedback.REJECT: 0x11, Feedback.ATTENTION: 0x14}

# Which bit is which lamp differs between models; bit 1 is the red one on most that have two.
SSI_LAMPS = {Feedback.REJECT: 0x02}

HOST_COMMANDS = {
    b"\x06": "ACK: take the read as received",
    b"\x15": "NAK: send the last read again",
    b"\x07": "BEL: three beeps, leave the handshake",
    b"\x18": "CAN: leave the handshake silently",
    b"\x11": "XON: go on sending",
    b"\x13": "XOFF: stop sending",
    b"B": "Datalogic: good-read beep",
    b"\x01": "Datalogic: good-read tone",
    b"E": "Datalogic: enable",
    b"D": "Datalogic: disable",
    b"R": "Datalogic: reset",
}
"""What one byte from the host means to serial scanners (Honeywell 3310g p.2-22, MS9540 p.54, PSC PowerScan p.143), for bug reports."""
