"""From the scanner's last byte to the scan: a pseudo terminal into the hub (plain and SSI), and keys into a window."""

import os
import threading
import time

from tools.bench import Figure

SCANS = 1000
CODE = "9501101530003"


class _Ears:
    """When each scan arrived at the sink."""

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)
        self.ready = threading.Event()
        self.at = 0.0

    def sinks(self):
        """What a hub wants."""
        from devices.hub import HubSinks

        return HubSinks(self._scan, *[lambda *_: None] * 2, self._link, lambda *_: None)

    def _scan(self, _scan) -> None:
        self.at = time.perf_counter()
        self.arrived.release()

    def _link(self, _key, state, _reason) -> None:
        if state.value == "ready":
            self.ready.set()


def _hub(url: str):
    from devices.hub import DeviceHub

    ears = _Ears()
    hub = DeviceHub(ears.sinks(), None)
    hub.add_scanner(url, "Scanner")
    hub.start()
    assert ears.ready.wait(10)
    return hub, ears


def serial_waits() -> list[float]:
    """Milliseconds from writing the last byte of a line to the scan sink."""
    from devices.simulated.scanner_sim import ScannerSim

    sim = ScannerSim()
    sim.start()
    hub, ears = _hub(sim.url)
    waits = []
    for n in range(SCANS):
        sim.line.send(f"{CODE}{n:05d}".encode())
        time.sleep(0.001)
        began = time.perf_counter()
        sim.line.send(b"\r")
        assert ears.arrived.acquire(timeout=5)
        waits.append((ears.at - began) * 1000)
    hub.stop()
    sim.stop()
    return waits


def ssi_waits() -> list[float]:
    """Milliseconds from writing the last byte of a packet to the scan sink; the acknowledgement goes out before that."""
    from devices.codecs import ssi
    from devices.codecs.ssi import Op
    from devices.simulated.ssi_sim import SsiSim

    sim = SsiSim()
    sim.start()
    hub, ears = _hub(sim.url)
    # The decoder answers what it was asked at the start; that must not fall between the halves of our packets.
    sim.wait_heard(Op.SCAN_ENABLE, 1, 5)
    time.sleep(0.1)
    waits = []
    for n in range(SCANS):
        packet = ssi.encode(Op.DECODE_DATA, b"\x03" + f"{CODE}{n:05d}".encode(), ssi.DECODER)
        sim.line.send(packet[:-1])
        time.sleep(0.001)
        began = time.perf_counter()
        sim.line.send(packet[-1:])
        assert ears.arrived.acquire(timeout=5)
        waits.append((ears.at - began) * 1000)
    hub.stop()
    sim.stop()
    return waits


def evdev_waits() -> list[float]:
    """Milliseconds from handing the event of the Enter key to the driver until it has the scan."""
    from devices.codecs import scancodes
    from devices.drivers.scanner_evdev import EvdevScannerDriver
    from devices.drivers.scanner_serial import framing_named
    from devices.model import DeviceKey
    from devices.transports.memory import memory_pair

    here, there = memory_pair()
    driver = EvdevScannerDriver(here, DeviceKey("evdev:bench"), time.monotonic, framing_named("stx", "any"))
    driver.open()
    waits = []
    for n in range(SCANS):
        there.write(scancodes.events(f"{CODE}{n:05d}"), 1.0)
        driver.step()
        began = time.perf_counter()
        there.write(scancodes.events("\r"), 1.0)
        assert len(driver.step()) == 1
        waits.append((time.perf_counter() - began) * 1000)
    return waits


def hid_pos_waits() -> list[float]:
    """Milliseconds from handing over the last report of two until the driver has the scan."""
    from devices.codecs import hid_pos
    from devices.drivers.scanner_hid_pos import HidPosDriver
    from devices.model import DeviceKey
    from devices.simulated.hid_pos_sim import HidPosSim

    sim = HidPosSim()
    driver = HidPosDriver(sim.transport, DeviceKey("usb:bench"), time.monotonic)
    driver.open()
    waits = []
    for n in range(SCANS):
        first, last = hid_pos.reports(f"{CODE}{n:05d}".encode() * 4, "]Q1")
        sim.send(first)
        driver.step()
        began = time.perf_counter()
        sim.send(last)
        assert len(driver.step()) == 1
        waits.append((time.perf_counter() - began) * 1000)
    return waits


def wedge_waits() -> tuple[list[float], list[float]]:
    """Milliseconds from the press of the suffix, or of the last character where there is none, to the scan; real keys, real times."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication, QWidget

    from app.ui.wedge_filter import Wedge, WedgeFilter
    from devices.wedge import Key, KeyBurst

    app = QApplication.instance() or QApplication(["bench"])
    window = QWidget()
    window.show()
    heard: list[float] = []
    handle = window.windowHandle()
    listening = WedgeFilter(Wedge(KeyBurst(), Key), handle, lambda _text: heard.append(time.perf_counter()))

    def press(text: str) -> None:
        key = Qt.Key.Key_Return if text == "\r" else Qt.Key(ord(text.upper()))
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
        event.setTimestamp(time.monotonic_ns() // 1_000_000)
        QApplication.sendEvent(handle, event)

    def scan(n: int, suffix: str) -> float:
        for char in f"{CODE}{n:05d}":
            time.sleep(0.001)
            press(char)
        began = time.perf_counter()
        if suffix:
            press(suffix)
        while len(heard) < 1:
            app.processEvents()
        return (heard.pop() - began) * 1000

    with_suffix = [scan(n, "\r") for n in range(200)]
    without = [scan(n, "") for n in range(30)]
    del listening
    window.close()
    return with_suffix, without


def _percentile(waits: list[float], percent: int) -> float:
    return sorted(waits)[min(len(waits) * percent // 100, len(waits) - 1)]


def main() -> list[Figure]:
    """Median and p99 of each path against the targets for a scan: p99 20 ms by a line, 100 ms by keys."""
    suffix, silence = wedge_waits()
    figures = []
    for name, waits, limit in (
        ("serial line to scan", serial_waits(), 20),
        ("SSI packet to scan", ssi_waits(), 20),
        ("grabbed keys to scan", evdev_waits(), 20),
        ("HID-POS report to scan", hid_pos_waits(), 20),
        ("wedge suffix to scan", suffix, 100),
    ):
        figures += [
            Figure(f"{name}, median", _percentile(waits, 50), "ms", 5),
            Figure(f"{name}, p99", _percentile(waits, 99), "ms", limit),
        ]
    return [*figures, Figure("wedge without suffix to scan, p99", _percentile(silence, 99), "ms")]
