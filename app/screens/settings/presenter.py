"""How this device looks and sounds, and how its devices are. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.core.messages import Cue
from app.core.scan import ScanInput
from app.core.views import DeviceStatus
from app.screens.frame import Action, Frame, phrase
from app.screens.preferences import TEXT_SIZES, KeepsPreferences, Preferences
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word

VOLUME_STEP = 10
_DEVICES = Action("devices", Word.SET_UP_DEVICES, "F3", "scan")


@dataclass(frozen=True, slots=True)
class SettingsState:
    """What the settings screen draws. `about` are pairs of a name and a value."""

    frame: Frame
    preferences: Preferences
    devices: tuple[DeviceStatus, ...]
    about: tuple[tuple[str, str], ...]


class SettingsPresenter(Presenter[SettingsState]):
    """Every choice takes effect at once and is kept. `use` applies it, `hear` plays a tone."""

    name = "settings"

    def __init__(
        self,
        stage: Stage,
        keeper: KeepsPreferences,
        use: Callable[[Preferences], None],
        play: Callable[[Cue], None],
        about: tuple[tuple[str, str], ...],
        *,
        sets_up_devices: bool = False,
    ) -> None:
        super().__init__(stage)
        self._keeper, self._use, self._play = keeper, use, play
        self._about = about
        self._sets_up_devices = sets_up_devices
        self.view = keeper.load()
        self._devices: tuple[DeviceStatus, ...] = ()

    def refresh(self) -> None:
        """Nothing to ask: what is chosen is known here."""
        self.show()

    def on_devices(self, devices: tuple[DeviceStatus, ...]) -> None:
        """Shows how the devices are, as it changes."""
        self._devices = devices
        self.show()

    def scan(self, scan: ScanInput) -> None:
        """A scan here only proves that the scanner works."""
        self._play(Cue.GOOD)
        self.stage.answered(scan, None)

    def speak(self, language: str) -> None:
        """Changes the language, also from the sign-in screen."""
        self.change(replace(self.view, language=language))

    def intent(self, name: str, argument: str) -> None:
        """One choice."""
        now = self.view
        sizes = [s for s in TEXT_SIZES if (s > now.text_size if argument == "up" else s < now.text_size)]
        if name == "language":
            self.speak(argument)
        elif name == "theme":
            self.change(replace(now, theme=argument))
        elif name == "hand":
            self.change(replace(now, hand=argument))
        elif name == "size" and sizes:
            self.change(replace(now, text_size=min(sizes) if argument == "up" else max(sizes)))
        elif name == "volume":
            step = VOLUME_STEP if argument == "up" else -VOLUME_STEP
            self.change(replace(now, volume=min(100, max(0, now.volume + step))))
            self._play(Cue.GOOD)
        elif name == "hear":
            self._play(Cue(argument))
        elif name == "devices":
            self.stage.go("devices")
        elif name == "leave":
            self.stage.go("back")

    def change(self, preferences: Preferences) -> None:
        """Keeps and applies a choice."""
        self.view = preferences
        self._keeper.save(preferences)
        self._use(preferences)
        self.show()

    def state(self) -> SettingsState:
        """The screen now."""
        return SettingsState(self.frame(), self.view, self._devices, self._about)

    def frame(self) -> Frame:
        """What stands around it."""
        return Frame(
            title=phrase(Word.SETTINGS),
            prompt=phrase(Word.SETTINGS_PROMPT),
            actions=(*((_DEVICES,) if self._sets_up_devices else ()), Action("leave", Word.BACK, "Esc", "back")),
            help=(Word.HELP_COMMANDS,),
            leave="leave",
        )
