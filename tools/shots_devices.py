"""Representative moments of the device set-up screen: what its desk would say. Used by `tools.shots_data`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.core.messages import Code, Message, say
from app.screens.devices.port import KEYBOARD, DeskView, DeviceCard, Finding, FoundCard, ScanFacts, WeightFace
from devices.codecs.layouts import TEST_CODE
from devices.codecs.symbols import code128


def fault(device: str, reason: str, help_: str) -> Message:
    """What the board says about a device in trouble."""
    return say(Code.DEVICE_FAULT, device=device, fault=reason, help=help_)


CORDED = DeviceCard(
    "ser:/dev/serial/by-id/usb-Datalogic_QuickScan_S-if00",
    "scanner",
    "Datalogic QuickScan",
    "serial:///dev/serial/by-id/usb-Datalogic_QuickScan_S-if00",
)
BENCH_SCALE = DeviceCard(
    "ser:/dev/ttyUSB0", "scale", "Bench scale", "serial:///dev/ttyUSB0?baud=9600", model="Mettler Toledo Viper SW",
    weight=WeightFace("1.846 kg", "stable"), dialect="mt-sics",
    dialects=("mt-sics", "toledo-8217", "nci", "sma", "aandd", "cas", "sbi", "ohaus", "adam", "dibal-98", "dialog06", "radwag"),
)  # fmt: skip
ZEBRA = DeviceCard(
    "net:serial:52J194501234",
    "label-printer",
    "Zebra ZD421",
    "tcp://10.0.0.7:9100",
    model="ZD421-203dpi",
    dialect="zpl",
)
TSC = DeviceCard(
    "net:10.0.0.9:9100", "label-printer", "Returns printer", "tcp://10.0.0.9:9100?dialect=tspl", dialect="tspl"
)
PROOF = code128.bars(code128.text_characters(TEST_CODE)).runs
WEDGE = DeviceCard(KEYBOARD, "scanner", "Keyboard", "", fixed=True, proof=PROOF)
FOUND_ZEBRA = FoundCard(
    "net:serial:D1N2201",
    "Zebra ZD621",
    "tcp://10.0.0.12:9100?dialect=zpl",
    "label-printer",
    "zpl",
    ("mDNS", "Zebra search"),
)
FOUND_PORT = FoundCard("ser:/dev/ttyACM0", "FTDI USB-RS232", "serial:///dev/ttyACM0", ways=("serial port",))

WORKING = DeskView((CORDED, BENCH_SCALE, ZEBRA, WEDGE), (FOUND_ZEBRA, FOUND_PORT))
FAULTY = DeskView(
    (
        replace(CORDED, link="trouble", trouble=fault("Datalogic QuickScan", "absent", "plug_in")),
        replace(BENCH_SCALE, weight=None, link="trouble", trouble=fault("Bench scale", "denied", "join_dialout")),
        replace(ZEBRA, link="trouble", trouble=fault("Zebra ZD421", "media-empty", "labels")),
        replace(TSC, trouble=fault("Returns printer", "marker-supply-low", "ribbon_soon")),
        WEDGE,
    ),
)
NEW = DeskView((WEDGE,), (FOUND_ZEBRA, FOUND_PORT), searching=False)
PRINTED = replace(WORKING, devices=(CORDED, BENCH_SCALE, replace(ZEBRA, test="unsure"), WEDGE))

GS1_SCAN = ScanFacts(
    "01095011015300031727033110LOT-7<GS>2142",
    "GS1 DataMatrix",
    (("gtin", "09501101530003"), ("lot", "LOT-7"), ("serial", "42"), ("expiry", "2027-03-31")),
)
AZERTY_SCAN = ScanFacts("çé(àààçé(", trouble=say(Code.KEYBOARD_LAYOUT, layout="AZERTY"))

FINDINGS = (
    Finding(
        False,
        say(Code.CHECK_RULE, what="USB"),
        "sudo install -m 644 packaging/udev/70-floorhand.rules /etc/udev/rules.d/ && sudo udevadm control --reload",
    ),
    Finding(False, say(Code.CHECK_GROUP, group="dialout", what="USB serial, serial"), "sudo usermod -aG dialout $USER"),
    Finding(True, say(Code.CHECK_FINE, what="input, lp, /dev/ttyS0, netlink, hidapi")),
)


@dataclass(frozen=True, slots=True)
class DeskMoment:
    """What a canned desk answers: the devices, the facts of any scan, the self-test."""

    view: DeskView = WORKING
    scan: ScanFacts = GS1_SCAN
    findings: tuple[Finding, ...] = FINDINGS
