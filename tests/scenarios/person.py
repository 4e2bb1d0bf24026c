"""Somebody with a real client in hand, and the floor's words for what they see, press and hear."""

import time

from PySide6.QtCore import QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

from app.core.messages import Code
from app.core.scan import ScanInput
from app.core.views import PickStep, PickView
from tests.scenarios.hall import code_of

LONGEST_S = 30.0
#: What the scenarios call the buttons.
BUTTONS = {
    "there are fewer": "short", "back": "cancel_short", "skip": "skip", "take back": "undo", "tote full": "full",
    "unload the cart": "unload", "other goods": "substitute", "call for goods": "call_goods", "take one out": "take_out",
    "totes later": "walk", "put": "put", "rest later": "rest_later", "read": "ok", "leave": "leave",
    "yes": "answer:yes", "no": "answer:no",
}  # fmt: skip
#: What the scenarios call the question on the screen.
ASKED = {
    "a cart": PickStep.CART, "a tote for a slot": PickStep.SLOTS, "a tote": PickStep.TOTE, "a bin": PickStep.BIN,
    "goods": PickStep.ITEM, "a second look": PickStep.CHECK, "the unit to take out": PickStep.REMOVE,
    "a reason": PickStep.SHORT, "other goods": PickStep.SUBSTITUTE, "a slot": PickStep.SORT,
    "whether the bin is empty": PickStep.EMPTY, "where the full tote stands": PickStep.FULL,
    "the bin to put back to": PickStep.BACK_BIN, "the goods to put back": PickStep.BACK_ITEM, "a lane": PickStep.DROP,
    "nothing more": PickStep.DONE,
}  # fmt: skip


def until(true, what):
    """Lets everybody work until something is so; fails with what `what()` says when it never comes."""
    end = time.monotonic() + LONGEST_S
    while not true():
        assert time.monotonic() < end, what()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        time.sleep(0.001)


class Person:
    """A person, their client and the way their device reaches the office. `tick` is told of each act, for networks that come and go."""

    def __init__(self, name, badge, client, link, device, tick):
        self.name, self.client, self.link, self.device = name, client, link, device
        self.badge, self._tick = badge, tick
        self.place = None
        self.labels = []
        self._at = 0.0
        self.heard = []
        feedback = client.shell.feedback
        said = feedback.say
        feedback.say = lambda message, *rest: (self.heard.append(message.code), said(message, *rest))[1]

    @property
    def shell(self):
        return self.client.shell

    @property
    def view(self):
        return self.shell.service_view()

    def until(self, what, true):
        """Waits for something on this device."""
        until(true, lambda: f"{self.name} waited for {what}: {self.story()}")

    def story(self):
        """What is on the screen, for the one who is stuck."""
        heard = ", ".join(self.heard[-6:])
        return f"on {self.shell.screen_name()!r}, last heard {heard or 'nothing'}, sees {self.view}"

    # --- at work ---

    def sign_in(self):
        """From the badge to the first screen."""
        self.until("the sign-in", lambda: self.shell.screen_name() == "signin" and self.client.centre.online())
        self._scan(self.badge)

        def in_():
            """People show their badge again when the office was away just then."""
            if self.shell.screen_name() not in ("", "signin"):
                return True
            if self.heard[-1:] == [Code.NEEDS_CENTRE] and self.client.centre.online():
                self.heard.clear()
                self._scan(self.badge)
            return False

        self.until("a screen to work on", in_)
        return self

    def go(self, screen):
        """To another screen."""
        self.shell.go(screen)
        self.until(f"the screen {screen}", lambda: self.shell.screen_name() == screen and self.view is not None)

    def open(self, order=None):
        """Takes the next pick, or that of an order, once it has come."""
        self.go("home")

        def opened():
            """People press again when the work on the list was gone by the time."""
            if self.shell.screen_name() == "pick" and self.view is not None:
                return True
            jobs = [job for job in getattr(self.view, "jobs", ()) if order is None or order in job.title]
            if jobs:
                self.shell.press("next" if order is None else f"start:{jobs[0].id}")
                self.rests()
            return False

        self.until(f"the pick of {order or 'anything'}", opened)

    def scans(self, *names):
        """Scans, each when the one before has its answer."""
        for name in names:
            self._tick()
            self.heard.clear()
            self._scan(*code_of(name))

    def _scan(self, text, symbology=None):
        before = self.shell.answered()
        # No hand pulls the trigger twice within the time in which a scanner's echo comes.
        self._at = max(self.client.clock.mono(), self._at + 0.06)
        self.shell.on_scan(ScanInput(text, self._at, symbology))
        self.until(f"an answer to {text}", lambda: self.shell.answered() > before)

    def presses(self, *intents):
        """Uses buttons, each when the screen has come to rest after the one before."""
        for intent in intents:
            self._tick()
            self.heard.clear()
            self.shell.press(intent)
            self.rests()

    def rests(self):
        """The screen has drawn what was asked for: everything that was put to the device's store before has its answer."""
        done = []
        self.shell.presenter.stage.store.submit(lambda: None, lambda _: done.append(True))
        self.until("rest", lambda: done)

    def waits(self, seconds):
        """Does nothing, as people do when the office is slow."""
        end = time.monotonic() + seconds
        until(lambda: time.monotonic() > end, lambda: "time to pass")

    # --- what is seen and heard ---

    @property
    def refused(self):
        """The word for what the last act was refused with, or None."""
        refusal = self.shell.presenter.refusal
        return refusal.code if refusal is not None else None

    def sees(self, step):
        """Waits until the screen asks for that. What is done leaves the screen with the next news from the office."""

        def asked():
            if not isinstance(self.view, PickView):
                return step is PickStep.DONE
            return self.view.step is step

        self.until(f"being asked for {step}", asked)

    def was_told(self, code):
        """Waits for a message: a refusal, a banner, or something said."""

        def told():
            banner = getattr(self.view, "banner", None)
            return code in self.heard or self.refused is code or (banner is not None and banner.code is code)

        self.until(f"hearing {code}", told)

    # --- the network ---

    def cut(self):
        """The office is out of reach."""
        self.link.cut()

    def mend(self):
        """The office may be reached again, as soon as the device tries."""
        self.link.mend()

    def quiet(self):
        """Everything is with the office, and everything of the office is here."""
        self.until("the office to have everything", lambda: self.client._status.online and not self._to_send())

    def _to_send(self):
        with self.client.store.look() as u:
            return u.journal.pending_count()

    def end(self):
        """The device is put away. Its window goes here and now: threads of the office that tidy up memory must not find it."""
        self.put_away()
        self.link.close()

    def put_away(self):
        """The device goes off; its way to the office is still there."""
        self.client.stop()
        # Answers that were on their way to the window find it for the last time.
        QApplication.processEvents()
        self.shell.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def code(words):
    """The message a scenario means by "wrong bin"."""
    return Code(words.replace(" ", "_").replace("-", "_"))
