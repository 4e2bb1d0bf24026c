"""Signing in by badge, or by worker number and PIN; and showing again who is there after the device lay idle. No Qt."""

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
    """What the sign-in screen draws. `page` is `badge`, `number` or `pin`; `recent` are the last three people here (number, name);
    `locked`: somebody is at work here and must show who they are."""

    frame: Frame
    page: str
    heading: Phrase
    hint: Phrase
    recent: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    locked: bool = False


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
        locked = self._locked
        headings = {
            "badge": phrase(Word.LOCKED_HEADING if locked else Word.BADGE_HEADING),
            "number": phrase(Word.NUMBER_HEADING),
            "pin": phrase(Word.PIN_HEADING, name=self._name),
        }
        hint = phrase(Word.LOCKED_HINT, name=locked.name) if locked else phrase(Word.BADGE_HINT)
        recent = tuple((who.number, who.name) for who in self.view.recent)
        return SignInState(
            self.frame(), self._page, headings[self._page], hint, recent, self.language, locked is not None
        )

    @property
    def _locked(self) -> Person | None:
        """Who is at work here and must show who they are."""
        return self.view.person if self.view.locked else None

    def frame(self) -> Frame:
        """What stands around it."""
        on_badge = self._page == "badge"
        badge = say(Code.UNLOCK, name=self._locked.name) if self._locked else say(Code.SCAN_BADGE)
        prompt = say(Code.ENTER_PIN, name=self._name) if self._page == "pin" else badge
        return Frame(
            title=phrase(Word.SIGN_IN),
            prompt=prompt,
            actions=(_USE_PIN,) if on_badge else (_BACK,),
            refusal=Refusal(self.refusal, (_USE_PIN,) if on_badge else ()) if self.refusal else None,
            busy=phrase(Word.CHECKING) if self.busy else None,
            help=(Word.HELP_LOCK, Word.HELP_BADGE) if self._locked else (Word.HELP_BADGE,),
            leave="" if on_badge else "badge",
        )

    def _ask(self, job: Callable[[], Outcome[SignInView]], scan: ScanInput | None = None) -> None:
        """On the network worker: the centre is asked first, this device if it is away."""

        def done(outcome: Outcome[SignInView]) -> None:
            self.busy = False
            self.view = outcome.view
            self.hear(outcome.message)
            if outcome.view.person is not None and not outcome.view.locked and self.in_front:
                self._signed_in(outcome.view.person)
            else:
                self.show()
            if scan is not None:
                self.stage.answered(scan, outcome.message)

        self.busy = True
        self.show()
        self.stage.network.submit(job, done)
