"""Answering a scan at the scanner itself: accept, reject, attention as bytes. Used by the serial scanner driver."""

from __future__ import annotations

from devices.model import Feedback

# Host ACK/NAK handshake and "beep on BEL": Honeywell 3310g p.2-22, MS9540 p.54. The scanner beeps once on ACK and three times on BEL.
ACK_NAK_BEL = {Feedback.ACCEPT: b"\x06", Feedback.REJECT: b"\x07", Feedback.ATTENTION: b"\x07"}

# PSC/Datalogic PowerScan p.143: "B" is the good-read beep; there is no host command for a bad one, so screen and PC sound say it.
DATALOGIC = {Feedback.ACCEPT: b"B", Feedback.REJECT: b"", Feedback.ATTENTION: b""}

PROFILES = {"ack": ACK_NAK_BEL, "datalogic": DATALOGIC, "none": dict.fromkeys(Feedback, b"")}
"""By the name that stands in the address of the scanner (`?feedback=ack`)."""
