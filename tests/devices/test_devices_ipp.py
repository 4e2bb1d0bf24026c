"""IPP as bytes, and against a real IPP printer (CUPS' `ippeveprinter`) that runs out of paper when it is told to."""

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import ipp
from devices.drivers.printer_ipp import IppPrinterDriver, status_of
from devices.model import JobState, PrintJob, Reason, Role
from devices.transports.base import LinkError

PDF = b"%PDF-1.7\n%%EOF\n"
ZPL = b"^XA^LL400^FO9,9^A0N,30,30^FDlabel^FS^XZ"

# --- bytes ---


def test_a_request_is_what_rfc_8010_says():
    asked = ipp.request(ipp.Operation.GET_JOB_ATTRIBUTES, 7, "ipp://h/p", {"job-id": ipp.integer(3)})
    assert asked == (
        b"\x02\x00\x00\x09\x00\x00\x00\x07\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x48\x00\x1battributes-natural-language\x00\x02en"
        b"\x45\x00\x0bprinter-uri\x00\x09ipp://h/p"
        b"\x21\x00\x06job-id\x00\x04\x00\x00\x00\x03\x03"
    )


def attribute(tag, name, *values):
    out = b""
    for n, value in enumerate(values):
        word = name if n == 0 else b""
        out += struct.pack(">BH", tag, len(word)) + word + struct.pack(">H", len(value)) + value
    return out


def test_a_response_with_several_printers_and_every_kind_of_value():
    data = b"\x02\x00\x00\x01\x00\x00\x00\x09\x01" + attribute(0x47, b"attributes-charset", b"utf-8")
    data += b"\x04" + attribute(0x44, b"printer-state-reasons", b"media-empty-error", b"cover-open")
    data += attribute(0x23, b"printer-state", b"\x00\x00\x00\x05") + attribute(
        0x22, b"printer-is-accepting-jobs", b"\x01"
    )
    data += attribute(0x36, b"printer-info", b"\x00\x02de\x00\x05Dock3") + attribute(0x13, b"printer-firmware", b"")
    data += attribute(0x34, b"media-col", b"") + attribute(0x4A, b"", b"media-size") + attribute(0x37, b"", b"")
    data += b"\x04" + attribute(0x42, b"printer-name", b"two") + b"\x03"
    response = ipp.parse(data)
    assert (response.ok, response.status, response.request_id, len(response.printers)) == (True, 1, 9, 2)
    first = response.printers[0]
    assert ipp.texts(first, "printer-state-reasons") == ("media-empty-error", "cover-open")
    assert (ipp.first_int(first, "printer-state"), first["printer-is-accepting-jobs"]) == (5, [True])
    assert (first["printer-info"], first["printer-firmware"]) == (["Dock3"], [None])
    assert status_of(first).reasons == (Reason.MEDIA_EMPTY, Reason.COVER_OPEN)


@pytest.mark.parametrize("wrong", [b"", b"HTTP/1.1 200", b"\x02\x00\x00\x00\x00\x00\x00\x01", b"\x02\x00" + b"\x00" * 6 + b"\x77\x03",
                                   b"\x02\x00" + b"\x00" * 6 + b"\x04\x21\x00\x01x\x00\x02\x00\x01\x03", b"\x02" * 1_000_001])  # fmt: skip
def test_what_is_no_response_is_a_value_error(wrong):
    with pytest.raises(ValueError):
        ipp.parse(wrong)


@given(
    st.binary(max_size=300) | st.binary(max_size=200).map(lambda rest: b"\x02\x00\x00\x00\x00\x00\x00\x01\x04" + rest)
)
def test_any_bytes_are_a_response_or_a_value_error(data):
    with contextlib.suppress(ValueError):
        for printer in ipp.parse(data).printers:
            status_of(printer)


@pytest.mark.parametrize(
    ("state", "words", "ready", "reasons", "warnings"),
    [
        (3, ["none"], True, (), ()),
        (4, ["media-low-report"], True, (), ()),
        (3, ["media-empty-warning"], True, (), (Reason.MEDIA_EMPTY,)),
        (4, ["media-empty-error"], False, (Reason.MEDIA_EMPTY,), ()),
        (5, ["media-empty-warning"], False, (Reason.MEDIA_EMPTY,), ()),
        (5, ["none"], False, (Reason.PAUSED,), ()),
        (5, ["paused"], False, (Reason.PAUSED,), ()),
        (3, ["spool-area-full"], True, (), (Reason.OTHER,)),
        (4, ["cups-waiting-for-job-completed"], True, (), (Reason.OTHER,)),
        (None, [], None, (Reason.NO_REPLY,), ()),
    ],
)
def test_state_and_reasons_as_our_status(state, words, ready, reasons, warnings):
    status = status_of({"printer-state": [state] if state else [], "printer-state-reasons": list(words)})
    assert (status.ready, status.reasons, status.warnings) == (ready, reasons, warnings)


# --- a real IPP printer ---


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_port(port, process):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if process.poll() is not None:
            return False
        with contextlib.suppress(OSError), socket.create_connection(("localhost", port), 0.2):
            return True
        time.sleep(0.02)
    return False


def end(process):
    process.terminate()
    process.wait(5)


@pytest.fixture(scope="module")
def bus(tmp_path_factory):
    """ippeveprinter insists on announcing itself: a system bus and avahi of our own, unless they run already."""
    for tool in ("ippeveprinter", "dbus-daemon", "avahi-daemon"):
        if shutil.which(tool) is None and not Path(f"/usr/sbin/{tool}").exists():
            pytest.skip(f"{tool} is not installed")
    running = []
    if not Path("/run/dbus/system_bus_socket").exists() or subprocess.run(["avahi-daemon", "--check"]).returncode:
        if os.geteuid() != 0:
            pytest.skip("avahi does not run, and only root can start it")
        Path("/run/dbus").mkdir(parents=True, exist_ok=True)
        Path("/run/dbus/pid").unlink(missing_ok=True)
        Path("/run/dbus/system_bus_socket").unlink(missing_ok=True)
        log = (tmp_path_factory.mktemp("bus") / "log").open("w")
        with log:
            running.append(subprocess.Popen(["dbus-daemon", "--system", "--nofork", "--nopidfile"], stderr=log))
            wait_for(Path("/run/dbus/system_bus_socket").exists)
            running.append(
                subprocess.Popen(
                    ["avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits"], stdout=log, stderr=log
                )
            )
        if not wait_for(lambda: subprocess.run(["avahi-daemon", "--check"]).returncode == 0):
            pytest.skip("avahi does not start here")
    yield
    for process in reversed(running):
        end(process)


def wait_for(condition, timeout=60.0):
    limit = time.monotonic() + timeout
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def real(bus, tmp_path):
    """The printer, its address, and a switch: while the file `empty` is there, it is out of labels and prints nothing."""
    empty, spool, out = tmp_path / "empty", tmp_path / "spool", tmp_path / "out"
    spool.mkdir()
    out.mkdir()
    script = tmp_path / "print.sh"
    script.write_text(
        "#!/bin/sh\n"
        f'if [ -e "{empty}" ]; then echo "STATE: +media-empty-error" >&2; while [ -e "{empty}" ]; do sleep 0.05; done;'
        ' echo "STATE: -media-empty-error" >&2; fi\n'
        f'cat "$1" > "{out}/label.$$"\n[ -e "{tmp_path}/dumb" ] || echo "ATTR: job-impressions-completed=1" >&2\n'
    )
    script.chmod(0o755)
    port = free_port()
    formats = "application/octet-stream,application/vnd.zebra-zpl,application/pdf,image/pwg-raster"
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            ["ippeveprinter", "-r", "off", "-p", str(port), "-n", "localhost", "-d", spool, "-k", "-f", formats,
             "-M", "Zebra", "-m", "ZD421", "-c", script, f"Dock {port}"],
            stdout=log, stderr=log,
        )  # fmt: skip
    if not wait_port(port, process):
        end(process)
        pytest.skip(f"ippeveprinter does not start: {(tmp_path / 'log').read_text()[-200:]}")
    yield f"ipp://localhost:{port}/ipp/print", empty, out
    empty.unlink(missing_ok=True)
    end(process)


def test_a_real_ipp_printer_is_known_and_a_job_is_printed_by_its_own_word(real, hub, listener):
    url, _, out = real
    key = hub.add_printer(url, "Dock")
    hub.start()
    listener.wait_ready(key)
    listener.wait(lambda: any(status.ready for status in listener.statuses))
    hub.print(Role.LABEL_PRINTER, PrintJob("ipp-1", ZPL))
    report = listener.final("ipp-1")
    assert (report.state, report.level) == (JobState.PRINTED, 3)
    assert [path.read_bytes() for path in out.iterdir()] == [ZPL]


def test_a_page_goes_to_the_printer_of_pages_as_what_it_is(real, hub, listener):
    url, _, out = real
    key = hub.add(Role.PAPER_PRINTER, url, "Office")
    hub.start()
    listener.wait_ready(key)
    listener.wait(lambda: any(status.ready for status in listener.statuses))
    hub.print(Role.PAPER_PRINTER, PrintJob("slip-1", PDF, serialised=False))
    assert listener.final("slip-1").state is JobState.PRINTED
    assert [path.read_bytes() for path in out.iterdir()] == [PDF]


def test_what_a_document_is_stands_in_its_request(real):
    driver = IppPrinterDriver(real[0], time.monotonic)
    driver.identify()
    assert b"application/pdf" in driver.prepare(PrintJob("slip-2", PDF))
    assert b"application/vnd.zebra-zpl" in driver.prepare(PrintJob("label-2", ZPL))
    assert b"application/octet-stream" in driver.prepare(PrintJob("picture-2", b"\x89PNG\r\n")), (
        "it takes no PNG: let it look"
    )


def test_out_of_labels_during_the_job_is_said_and_it_is_printed_once_after_the_reload(real, hub, listener):
    url, empty, out = real
    hub.add_printer(url, "Dock")
    hub.start()
    empty.touch()
    hub.print(Role.LABEL_PRINTER, PrintJob("ipp-2", ZPL))
    listener.wait(lambda: any(Reason.MEDIA_EMPTY in report.reasons for report in listener.jobs))
    assert list(out.iterdir()) == []
    empty.unlink()
    assert listener.final("ipp-2").state is JobState.PRINTED
    assert len(list(out.iterdir())) == 1


def test_a_printer_that_counts_no_impressions_proves_nothing(real, hub, listener, tmp_path):
    url, _, out = real
    (tmp_path / "dumb").touch()
    hub.add_printer(url, "Dock")
    hub.start()
    hub.print(Role.LABEL_PRINTER, PrintJob("ipp-4", ZPL))
    report = listener.final("ipp-4")
    assert (report.state, report.level, report.reasons) == (JobState.UNCERTAIN, 2, (Reason.UNCONFIRMED,))
    assert len(list(out.iterdir())) == 1


def test_who_it_is_and_what_it_refuses(real):
    url, _, out = real
    driver = IppPrinterDriver(url, time.monotonic)
    assert driver.identify().model == "Zebra ZD421"
    assert driver.status().ready is True
    driver._format = "application/x-nobody-knows"
    with pytest.raises(LinkError) as refused:
        driver.send(driver.prepare(PrintJob("ipp-3", ZPL)))
    assert refused.value.sent == 0, "it said no: not one byte was printed"
    assert list(out.iterdir()) == []
    driver.cancel()
    with pytest.raises(LinkError) as stopped:
        driver.status()
    assert stopped.value.reason is Reason.STOPPED


# --- everything that can go wrong with the line ---


def test_nobody_there_is_refused_and_something_else_is_a_wrong_dialect():
    port = free_port()
    driver = IppPrinterDriver(f"ipp://127.0.0.1:{port}/ipp/print", time.monotonic)
    with pytest.raises(LinkError) as trouble:
        driver.status()
    assert trouble.value.reason is Reason.REFUSED
    with pytest.raises(ValueError, match="ipp://"):
        IppPrinterDriver("ipp:///nowhere", time.monotonic)


@pytest.mark.parametrize(
    ("answer", "reason", "sent"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbye!", Reason.WRONG_DIALECT, True),
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", Reason.DENIED, False),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Reason.WRONG_DIALECT, False),
        (b"SSH-2.0-OpenSSH\r\n", Reason.LOST, True),
        (b"", Reason.LOST, True),
    ],
)
def test_a_job_is_unsent_only_when_the_server_says_so(answer, reason, sent):
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            link, _ = server.accept()
            with link:
                while b"^XZ" not in link.recv(65536):
                    pass
                link.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        driver = IppPrinterDriver(f"ipp://127.0.0.1:{server.getsockname()[1]}/ipp/print", time.monotonic)
        with pytest.raises(LinkError) as trouble:
            driver.send(driver.prepare(PrintJob("j", ZPL)))
        thread.join()
    assert (trouble.value.reason, bool(trouble.value.sent)) == (reason, sent)
