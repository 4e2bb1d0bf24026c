"""What a message does to eye and ear: toast or panel, and its tone. Called only after the commit, so a good tone means "on disk"."""

from __future__ import annotations

from typing import Protocol

from app.core.messages import Cue, Message
from app.ui.texts import Texts
from app.ui.widgets.toast import Toast


class MakesSound(Protocol):
    """`app.ui.sound.Sounds`, or something that is silent."""

    @property
    def available(self) -> bool: ...
    def play(self, cue: Cue) -> None: ...
    def set_volume(self, volume: int) -> None: ...
    def stop(self) -> None: ...


class Feedback:
    """Says messages. Those that stay are shown by the panel of the shell; here they are only heard."""

    def __init__(self, toast: Toast, sounds: MakesSound, texts: Texts) -> None:
        self._toast, self._sounds, self._texts = toast, sounds, texts

    def say(self, message: Message) -> None:
        """Sounds the cue, and shows the words unless they stay on the panel."""
        self._sounds.play(message.look.cue)
        if message.look.sticky:
            self._toast.hide()
            return
        sentence = self._texts.message(message)
        between = " " if sentence.title.endswith((".", "?")) else ". "
        self._toast.say(message.look, between.join(part for part in (sentence.title, sentence.detail) if part))

    def hear(self, cue: Cue) -> None:
        """Only the tone, for the settings page."""
        self._sounds.play(cue)

    def set_volume(self, volume: int) -> None:
        """0-100."""
        self._sounds.set_volume(volume)

    def stop(self) -> None:
        """Ends the sounds."""
        self._sounds.stop()
