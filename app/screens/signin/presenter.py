"""Signing in by badge, or by worker number and PIN. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import Person, SignInView
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word
from app.services.api import SignIn

_USE_PIN = Action("number", Word.USE_PIN, "F2", "dialpad")
_BACK = Action("badge", Word.BACK, "Esc", "back")


@dataclass(frozen=True, slots=True)
class SignInState:
    """What the sign-in screen draws. `page` is `badge`, `number` or `pin`; `recent` are the last three people here (number, name)."""

    frame: Frame
    page: str
    heading: Phrase
    recent: tuple[tuple[str, str], ...] = ()
    language: str = "en"


class SignInPresenter(Presenter[SignInState]):
    """Who is at the device. `signed_in` hears of the person once there is one."""

    name = "signin"

    def __init__(
        self,
        stage: Stage,
        sign_in: SignIn,
        signed_in: Callable[[Person], None],
        speak: Callable[[str], None],
        language: str,
    ) -> None:
        super().__init__(stage)
        self._sign_in = sign_in
        self._signed_in = signed_in
        self._speak = speak
        self.language = language
        self.view = SignInView()
        self._number: str | None = None
        self._name = ""
        self._page = "badge"

    def enter(self) -> None:
        """Always begins with the badge."""
        self._page, self._number = "badge", None
        super().enter()

    def refresh(self) -> None:
        """Asks who is here: after a restart the session may still be open."""
        self._ask(self._sign_in.view)

    def scan(self, scan: ScanInput) -> None:
        """Whatever is scanned here is a badge."""
        self._ask(lambda: self._sign_in.badge(scan.text), scan)

    def intent(self, name: str, argument: str) -> None:
        """Choosing the PIN pad, a person, a language; what was typed."""
        if name in ("number", "badge") and not argument:
            self._page, self._number = name, None
        elif name == "recent":
            self._number = argument
            self._name = next((who.name for who in self.view.recent if who.number == argument), argument)
            self._page = "pin"
        elif name == "typed" and self._page == "number":
            self._number = self._name = argument
            self._page = "pin"
        elif name == "typed" and self._number is not None:
            number = self._number
            self._ask(lambda: self._sign_in.pin(number, argument))
        elif name == "language":
            self.language = argument
            self._speak(argument)
        self.show()

    def state(self) -> SignInState:
        """The screen now."""
        headings = {
            "badge": phrase(Word.BADGE_HEADING),
            "number": phrase(Word.NUMBER_HEADING),
            "pin": phrase(Word.PIN_HEADING, name=self._name),
        }
        recent = tuple((who.number, who.name) for who in self.view.recent)
        return SignInState(self.frame(), self._page, headings[self._page], recent, self.language)

    def frame(self) -> Frame:
        """What stands around it."""
        on_badge = self._page == "badge"
        prompt = say(Code.ENTER_PIN, name=self._name) if self._page == "pin" else say(Code.SCAN_BADGE)
        return Frame(
            title=phrase(Word.SIGN_IN),
            prompt=prompt,
            actions=(_USE_PIN,) if on_badge else (_BACK,),
            refusal=Refusal(self.refusal, (_USE_PIN,) if on_badge else ()) if self.refusal else None,
            busy=phrase(Word.CHECKING) if self.busy else None,
            help=(Word.HELP_BADGE,),
            leave="" if on_badge else "badge",
        )

    def _ask(self, job: Callable[[], Outcome[SignInView]], scan: ScanInput | None = None) -> None:
        """On the network worker: the centre is asked first, this device if it is away."""

        def done(outcome: Outcome[SignInView]) -> None:
            self.busy = False
            self.view = outcome.view
            self.hear(outcome.message)
            if outcome.view.person is not None and self.in_front:
                self._signed_in(outcome.view.person)
            else:
                self.show()
            if scan is not None:
                self.stage.answered(scan, outcome.message)

        self.busy = True
        self.show()
        self.stage.network.submit(job, done)
