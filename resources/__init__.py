"""Icons, sounds, themes, labels and translations: files only. Rooms that need one ask `path`."""

from pathlib import Path


def path(name: str) -> Path:
    """Where a resource lies, by its name inside this folder: `path("sounds/good.wav")`."""
    return Path(__file__).parent / name
