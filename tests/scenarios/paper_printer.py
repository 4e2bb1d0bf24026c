"""A printer of pages that speaks IPP over real HTTP, keeps what it printed, and can be switched off. For scenarios."""

import re
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PRINT, _JOB, _PRINTER = 0x0002, 0x0009, 0x000B


def _attribute(tag, name, value):
    return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value


_LEAD = _attribute(0x47, b"attributes-charset", b"utf-8") + _attribute(0x48, b"attributes-natural-language", b"en")
_WHO = (
    _attribute(0x41, b"printer-make-and-model", b"Pages 1")
    + _attribute(0x49, b"document-format-supported", b"application/pdf")
    + _attribute(0x23, b"printer-state", struct.pack(">i", 3))
    + _attribute(0x44, b"printer-state-reasons", b"none")
    + _attribute(0x22, b"printer-is-accepting-jobs", b"\x01")
)
_DONE = _attribute(0x23, b"job-state", struct.pack(">i", 9)) + _attribute(
    0x21, b"job-impressions-completed", struct.pack(">i", 1)
)


class PaperPrinter:
    """Owns its port, also while it is off."""

    def __init__(self):
        self.printed = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._http = None

    @property
    def url(self):
        return f"ipp://127.0.0.1:{self._port}/ipp/print"

    def on(self):
        handler = type("Handler", (_Handler,), {"printer": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def off(self):
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()
            self._http = None

    def answer(self, asked):
        operation, number = struct.unpack(">HI", asked[2:8])
        reply = struct.pack(">HHI", 0x0200, 0, number) + b"\x01" + _LEAD
        if operation == _PRINT:
            name = re.search(rb"job-name..([\w.:-]+)", asked, re.DOTALL)[1].decode()
            self.printed.append(
                (
                    name[: struct.unpack(">H", asked[asked.index(b"job-name") + 8 :][:2])[0]],
                    asked[asked.index(b"%PDF-") :],
                )
            )
            return reply + b"\x02" + _attribute(0x21, b"job-id", struct.pack(">i", len(self.printed))) + b"\x03"
        return reply + (b"\x02" + _DONE if operation == _JOB else b"\x04" + _WHO) + b"\x03"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5
    printer = None

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.printer.answer(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("Content-Type", "application/ipp")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
