"""Real parts that take bytes and tell little: a raw queue of a CUPS of our own, p910nd, a pair of terminals, a USB printer port."""

import contextlib
import os
import pty
import shutil
import socket
import subprocess
import sys
import threading
import time
import tty
from pathlib import Path

import pytest

from devices.drivers.printer_ipp import IppPrinterDriver, cups_queues
from devices.drivers.printer_spool import SpoolPrinterDriver
from devices.model import JobState, PrinterIdentity, PrintJob, Reason, Role
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from devices.transports import usblp
from devices.transports.base import LinkError
from devices.transports.urls import key_for, transport_for
from devices.transports.usblp import PortStatus, UsblpTransport
from devices.transports.winspool import WinspoolTransport

ZPL = b"^XA^LL400^FO9,9^A0N,30,30^FDlabel^FS^XZ"


def until(condition, timeout=60.0):
    limit = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < limit, "did not come true"
        time.sleep(0.02)


def tool(name):
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def end(process):
    process.terminate()
    process.wait(10)


# --- a raw queue of CUPS ---


@pytest.fixture(scope="module")
def cups(tmp_path_factory):
    """A CUPS server with folders, port and backends of its own; nothing of the system's is touched."""
    if os.geteuid() != 0:
        pytest.skip("CUPS starts its backends as another user, which only root can do")
    cupsd = tool("cupsd")
    socat = tool("socat")
    root = tmp_path_factory.mktemp("cups")
    # The backend runs as lp, which must be able to come here.
    for folder in (root, *root.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o011)
    for name in ("spool/tmp", "run", "cache", "state", "bin/backend", "log"):
        (root / name).mkdir(parents=True)
    for name in ("daemon", "filter", "notifier", "cgi-bin"):
        if Path(f"/usr/lib/cups/{name}").exists():
            (root / "bin" / name).symlink_to(f"/usr/lib/cups/{name}")
    # The packages here come without CUPS' own `socket` backend; one that does the same: the file, so many times, to host:port.
    backend = root / "bin" / "backend" / "socket"
    backend.write_text(
        "#!/bin/sh\n"
        '[ $# -eq 0 ] && { echo "network socket \\"Unknown\\" \\"AppSocket\\""; exit 0; }\n'
        f'n=$4; while [ $n -gt 0 ]; do {socat} -u "${{6:--}}" "TCP:${{DEVICE_URI#socket://}}" || exit 1; n=$((n-1)); done\n'
    )
    backend.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (root / "cupsd.conf").write_text(
        f"Listen 127.0.0.1:{port}\nBrowsing No\nWebInterface No\nDefaultAuthType None\nLogLevel warn\nMaxLogSize 0\n"
        "<Location />\nOrder allow,deny\nAllow localhost\n</Location>\n"
        "<Policy default>\n<Limit All>\nOrder allow,deny\nAllow localhost\n</Limit>\n</Policy>\n"
    )
    (root / "cups-files.conf").write_text(
        f"ServerRoot {root}\nServerBin {root}/bin\nRequestRoot {root}/spool\nTempDir {root}/spool/tmp\nCacheDir {root}/cache\n"
        f"StateDir {root}/state\nAccessLog {root}/log/access\nErrorLog {root}/log/error\nPageLog {root}/log/page\nSystemGroup root\n"
    )
    process = subprocess.Popen([cupsd, "-f", "-c", root / "cupsd.conf", "-s", root / "cups-files.conf"])

    def answers():
        assert process.poll() is None, (root / "log" / "error").read_text()[-500:]
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return True
        return False

    until(answers)
    yield port
    end(process)


@pytest.fixture
def raw_queue(cups, plug, tmp_path):
    """A raw queue in front of a virtual printer: the queue's address, and the printer."""
    printer = plug(ZplSim(tmp_path / "labels", PrinterBuild(print_s=0.0)))
    device = printer.url.replace("tcp://", "socket://")
    lpadmin = [tool("lpadmin"), "-h", f"127.0.0.1:{cups}", "-p", "dock3", "-E", "-v", device, "-m", "raw"]
    subprocess.run(lpadmin, check=True, stderr=subprocess.DEVNULL)
    return f"ipp://127.0.0.1:{cups}/printers/dock3?dialect=ipp", printer


def test_the_queues_of_a_cups_server_are_found(raw_queue, cups):
    (queue,) = cups_queues("127.0.0.1", cups)
    assert (queue.name, queue.model) == ("dock3", "Local Raw Printer")
    assert (queue.url, queue.device) == (raw_queue[0], raw_queue[1].url.replace("tcp", "socket"))


def test_a_raw_queue_passes_every_byte_and_its_completed_proves_nothing(raw_queue, hub, listener):
    url, printer = raw_queue
    hub.add_printer(url, "Dock 3")
    hub.start()
    hub.print(Role.LABEL_PRINTER, PrintJob("cups-1", ZPL, copies=2))
    report = listener.final("cups-1")
    assert (report.state, report.level) == (JobState.UNCERTAIN, 1)
    assert report.reasons[0] is Reason.UNCONFIRMED
    assert [label.zpl for label in printer.wait_labels(2, 5.0)] == [ZPL, ZPL]


def test_a_queue_that_somebody_stopped_keeps_the_job_waiting_unsent(raw_queue, cups):
    url, _ = raw_queue
    driver = IppPrinterDriver(url, time.monotonic)
    server = ["-h", f"127.0.0.1:{cups}", "dock3"]
    subprocess.run([tool("cupsdisable"), *server], check=True)
    assert driver.status().reasons == (Reason.PAUSED,)
    subprocess.run([tool("cupsenable"), *server], check=True)
    until(lambda: driver.status().ready)
    subprocess.run([tool("cupsreject"), *server], check=True)
    assert driver.status().reasons == (Reason.STOPPED,)
    with pytest.raises(LinkError) as refused:
        driver.send(driver.prepare(PrintJob("j", ZPL)))
    assert (refused.value.reason, refused.value.sent) == (Reason.DENIED, 0)
    with pytest.raises(LinkError) as unknown:
        IppPrinterDriver(url.replace("dock3", "dock4"), time.monotonic).status()
    assert unknown.value.reason is Reason.WRONG_DIALECT


# --- p910nd: port 9100 in front of a device that is only written to ---


def test_p910nd_gets_every_byte_and_the_job_is_unsure(tmp_path, hub, listener):
    server = tool("p910nd")
    number = next((n for n in (2, 1, 0) if _free(9100 + n)), None)
    if number is None:
        pytest.skip("ports 9100 to 9102 are taken, and p910nd has no others")
    try:
        Path("/var/lock/p910nd").mkdir(parents=True, exist_ok=True)
    except PermissionError:
        pytest.skip("p910nd wants to write to /var/lock/p910nd, which this user may not")
    paper = tmp_path / "paper"
    paper.touch()
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([server, "-d", "-b", "-f", paper, str(number)], stderr=log)
    until(lambda: not _free(9100 + number))
    hub.add_printer(f"tcp://127.0.0.1:{9100 + number}?dialect=raw", "One way")
    hub.start()
    payload = ZPL + bytes(range(256)) * 200
    hub.print(Role.LABEL_PRINTER, PrintJob("raw-1", payload))
    report = listener.final("raw-1")
    assert (report.state, report.level, report.reasons) == (JobState.UNCERTAIN, 0, (Reason.UNCONFIRMED,))
    until(lambda: paper.stat().st_size >= len(payload))
    assert paper.read_bytes() == payload
    hub.stop()
    end(process)


def _free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


# --- a serial printer behind a pair of terminals ---


def test_a_printer_on_a_serial_line_prints_by_its_own_word(tmp_path, hub, listener, plug):
    """socat joins a terminal to the virtual printer's port: the same driver, over a serial line."""
    socat = tool("socat")
    printer = plug(ZplSim(tmp_path / "labels", PrinterBuild(print_s=0.0)))
    link = tmp_path / "ttyPrinter"
    process = subprocess.Popen([socat, f"PTY,link={link},rawer", printer.url.replace("tcp://", "TCP:")])
    until(link.exists)
    hub.add_printer(f"serial://{link}", "Serial")
    hub.start()
    hub.print(Role.LABEL_PRINTER, PrintJob("serial-1", ZPL))
    assert listener.final("serial-1").state is JobState.PRINTED
    assert [label.job for label in printer.labels] == ["serial-1"]
    hub.stop()
    end(process)


# --- a USB printer port ---


@pytest.fixture
def port():
    """A terminal in the place of /dev/usb/lp0: the same reads and writes; the printer's own ioctls it does not know."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    with contextlib.suppress(OSError):
        os.close(master)
    os.close(slave)


def test_bytes_go_both_ways_and_waits_can_be_ended(port):
    master, path = port
    line = transport_for(f"usblp://{path}")
    assert isinstance(line, UsblpTransport)
    line.open()
    line.write(b"~HS\r\n", 1.0)
    assert os.read(master, 100) == b"~HS\r\n"
    os.write(master, b"\x02030\x03")
    assert line.read(1.0) == b"\x02030\x03"
    assert line.read(0.0) == b""
    threading.Timer(0.05, line.wake).start()
    assert line.read(10.0) == b""
    with pytest.raises(LinkError) as full:
        line.write(b"x" * 200_000, 0.1)
    assert full.value.reason is Reason.TIMED_OUT
    assert 0 < full.value.sent < 200_000
    threading.Timer(0.05, line.cancel).start()
    with pytest.raises(LinkError) as stopped:
        line.read(10.0)
    assert stopped.value.reason is Reason.STOPPED
    line.close()
    line.close()


def test_an_unplugged_port_is_lost_and_a_missing_one_absent(port, tmp_path):
    master, path = port
    line = UsblpTransport(path)
    line.open()
    os.close(master)
    with pytest.raises(LinkError) as lost:
        line.write(b"x", 1.0)
    assert lost.value.reason is Reason.LOST
    line.close()
    with pytest.raises(LinkError) as closed:
        line.write(b"x", 1.0)
    assert (closed.value.reason, closed.value.sent) == (Reason.LOST, 0)
    for wrong in (UsblpTransport(str(tmp_path / "lp9")).open, lambda: usblp.look(str(tmp_path / "lp9"))):
        with pytest.raises(LinkError) as absent:
            wrong()
        assert absent.value.reason is Reason.ABSENT


@pytest.mark.parametrize(
    ("byte", "status"),
    [
        (0x18, PortStatus(paper_out=False, selected=True, error=False)),
        (0x30, PortStatus(paper_out=True, selected=True, error=True)),
        (0x08, PortStatus(paper_out=False, selected=False, error=False)),
        (0x00, PortStatus(paper_out=False, selected=False, error=True)),
    ],
)
def test_the_status_byte_of_a_port(byte, status):
    assert usblp.port_status(byte) == status


def test_a_device_id_is_a_table_and_nothing_hostile_gets_through():
    raw = b"MFG:Zebra Technologies ;MDL:ZTC ZD421-203dpi ZPL;CMD:ZPL;bad;SN:\x1b[2J1;"
    assert usblp.device_id((len(raw) + 2).to_bytes(2, "big") + raw + b"\x00" * 9) == {
        "MFG": "Zebra Technologies", "MDL": "ZTC ZD421-203dpi ZPL", "CMD": "ZPL", "SN": "[2J1",
    }  # fmt: skip
    assert usblp.device_id(b"") == usblp.device_id(b"\xff\xff") == {}


def test_a_one_way_port_is_asked_by_its_status_line(port):
    _, path = port
    assert usblp.look(path) == (None, {}), "a terminal has no such line"
    answers = [(PortStatus(True, True, True), {"MFG": "Zebra", "MDL": "ZD421", "SN": "1"})]
    answers += [
        (PortStatus(False, False, False), {}),
        (PortStatus(False, True, True), {}),
        (PortStatus(False, True, False), {}),
    ]
    driver = SpoolPrinterDriver(UsblpTransport(path), iter(answers).__next__)
    assert driver.confirm_level == 1
    seen = []
    for _ in range(4):
        driver.connect()
        seen.append(driver.status().reasons)
        if len(seen) == 1:
            assert driver.identify() == PrinterIdentity("Zebra ZD421", serial="1")
        driver.disconnect()
    assert seen == [(Reason.MEDIA_EMPTY,), (Reason.PAUSED,), (Reason.OTHER,), ()]


# --- the Windows spooler ---


@pytest.mark.skipif(sys.platform == "win32", reason="says what happens where there is no Windows")
def test_the_windows_spooler_is_absent_elsewhere():
    line = transport_for("winspool://Dock%203?dialect=raw")
    assert isinstance(line, WinspoolTransport)
    with pytest.raises(LinkError) as absent:
        line.open()
    assert absent.value.reason is Reason.ABSENT
    with pytest.raises(LinkError):
        line.write(b"x", 1.0)
    assert line.read(0.0) == b""
    line.cancel()
    with pytest.raises(LinkError):
        line.read(10.0)
    line.close()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("usblp:///dev/usb/lp0?dialect=zpl", "usb:/dev/usb/lp0"),
        ("winspool://Dock%203", "spool:Dock 3"),
        ("winspool:////server/Dock%203", "spool:\\\\server\\Dock 3"),
        ("ipp://printer.local/ipp/print?dialect=ipp", "net:printer.local:631/ipp/print"),
    ],
)
def test_addresses_of_printers(url, key):
    assert str(key_for(url)) == key


def test_ipp_is_no_line():
    with pytest.raises(ValueError, match="not a line"):
        transport_for("ipp://printer.local/ipp/print")
