"""Looks and sounds of this device, kept in its settings file."""

from dataclasses import replace
from pathlib import Path

from app.screens.preferences import Preferences
from app.settings.load import save
from app.settings.options import Options


class SettingsPreferences:
    """`app.screens.preferences.KeepsPreferences` on the settings file. `options` is what is in force, flags and variables included."""

    def __init__(self, options: Options, file: Path) -> None:
        self._options = options
        self._file = file

    def load(self) -> Preferences:
        """As they are in force."""
        o = self._options
        return Preferences(o.language, o.theme, o.text_size, o.hand, o.volume)

    def save(self, preferences: Preferences) -> None:
        """Writes them to the settings file, with the other options as they are in force."""
        self._options = replace(
            self._options,
            language=preferences.language,
            theme=preferences.theme,
            text_size=preferences.text_size,
            hand=preferences.hand,
            volume=preferences.volume,
        )
        save(self._options, self._file)
