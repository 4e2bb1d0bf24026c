"""A real mail server (aiosmtpd) that can be slow, away, and of another opinion."""

import asyncio
import socket
import time

from aiosmtpd.controller import Controller


class MailBox:
    """What came in, and how the next mails are answered: `says` is used one after another for RCPT, `data_says` for DATA. `grey_s`: who
    writes to an address for the first time is told to come back after so long. `taken` is called with each mail that was taken, before
    that is said."""

    def __init__(self):
        self.mails, self.says, self.data_says, self.delay_s = [], [], [], 0.0
        self.grey_s, self.seen, self.turned_away = 0.0, {}, 0
        self.taken = lambda mail: None

    async def handle_RCPT(self, server, session, envelope, address, options):
        first = self.seen.setdefault(address, time.monotonic())
        if time.monotonic() < first + self.grey_s:
            self.turned_away += 1
            return "450 4.2.0 greylisted, come back later"
        said = self.says.pop(0) if self.says else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, session, envelope):
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        said = self.data_says.pop(0) if self.data_says else "250 OK"
        if said.startswith("250"):
            self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
            self.taken(self.mails[-1])
        return said


class MailHost:
    """The server; `stop` and `start` again on the same port."""

    def __init__(self):
        self.box = MailBox()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._controller = None

    def start(self):
        self._controller = Controller(self.box, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def stop(self):
        if self._controller is not None:
            self._controller.stop()
            self._controller = None
