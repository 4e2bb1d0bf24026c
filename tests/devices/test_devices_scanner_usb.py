"""Real drivers on the mock hardware of umockdev: a keyboard scanner grabbed, a HID-POS scanner and a HID scale through hidapi."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HARDWARE = Path(__file__).resolve().parents[3] / "shared" / "data" / "third-party" / "umockdev-hid"
CHILD = Path(__file__).with_name("mock_hardware_child.py")
KEYBOARD = ["-d", "usbkbd.umockdev", "-i", "/dev/input/event5=kbd.ioctl", "-e", "/dev/input/event5=scan.events"]


def hid(name):
    return ["-d", f"{name}.umockdev", "-i", f"/dev/hidraw5={name}.ioctl", "-s", f"/dev/hidraw5={name}.script"]


@pytest.fixture
def machine():
    """Runs the child on a mock machine and gives the lines it printed."""
    if shutil.which("umockdev-run") is None:
        pytest.skip("umockdev is not installed")
    if not HARDWARE.exists():
        pytest.skip(f"no mock hardware at {HARDWARE}")

    def run(hardware, *arguments):
        command = ["umockdev-run", *hardware, "--", sys.executable, str(CHILD), *map(str, arguments)]
        done = subprocess.run(command, cwd=HARDWARE, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(("{", '"'))]

    return run


def test_a_keyboard_scanner_is_grabbed_and_read(machine):
    assert machine(KEYBOARD, "scans", "evdev:///dev/input/event5?dialect=evdev", 1) == [
        {"text": "0109501101530003\x1d10LOT7", "aim": None, "source": "evdev"}
    ]


def test_a_hid_pos_scanner_is_read_and_its_reports_joined(machine):
    first, second = machine(hid("hidpos"), "scans", "hid:///dev/hidraw5?dialect=hid-pos", 2)
    assert first == {
        "text": "01095011015300031725123110LOT-7\x1d21SERIAL00000000000001",
        "aim": "]d2",
        "source": "hid-pos",
    }
    assert second["text"] == "https://id.gs1.org/01/09501101530003/10/LOT-7/21/SER000001?17=251231"
    assert second["aim"] == "]Q1"


def test_a_hid_device_is_found_by_what_it_is_and_opened_by_its_numbers(machine):
    (scanner,) = machine(hid("hidpos"), "list", "8C")
    assert scanner == {"url": "hid:///dev/hidraw5", "name": "HID POS Scanner", "usage_page": 0x8C}
    assert machine(hid("hidpos"), "list", "8D") == []
    assert len(machine(hid("hidpos"), "scans", "hid://05e0:1900?dialect=hid-pos", 2)) == 2


def test_a_hid_scale_reports_one_at_a_time(machine):
    reports = machine(hid("hidscale"), "reports", "hid:///dev/hidraw5", 6)
    assert reports == ["03020bff0000", "03030bff1000", "03040bff3419", "030502000000", "030402001400", "03060cffff00"]
