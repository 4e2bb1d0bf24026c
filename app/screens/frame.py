"""What every screen gives the shell to draw around it: title, progress, prompt, acts, and a refusal that stays. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.messages import Message, Words
from app.core.views import ItemCard
from app.screens.words import Vocabulary


@dataclass(frozen=True, slots=True)
class Phrase:
    """A word of the screens with the figures and names that stand in it."""

    word: Vocabulary
    words: Words = field(default_factory=dict)


def phrase(word: Vocabulary, **words: str | int) -> Phrase:
    """A phrase, as presenters write it: `phrase(Word.LINE_OF, n=4, of=6)`."""
    return Phrase(word, words)


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do without scanning. `intent` is what the presenter hears; `key` its function key,
    `n` the figure in its words, if they have one.
    """

    intent: str
    word: Vocabulary
    key: str = ""
    icon: str = ""
    enabled: bool = True
    main: bool = False
    n: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that stays until it is acknowledged or the right scan comes, with the two likeliest ways out.

    `scanned` and `needed` are shown side by side if both are known; `take` is how many are still needed. `likely` are explanations, the
    likeliest first, that are told in place of the general hint.
    """

    message: Message
    exits: tuple[Action, ...] = ()
    scanned: ItemCard | None = None
    needed: ItemCard | None = None
    take: int = 0
    likely: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one screen at one moment. `progress` in thousandths, None for no bar; `busy` says what is being waited for.

    `choices` are acts the screen itself shows, with their keys. `help` tells what can be scanned here. `leave` is the intent behind
    Escape and `FH:BACK`.
    """

    title: Phrase
    prompt: Message | Phrase
    subtitle: Phrase | None = None
    progress: int | None = None
    actions: tuple[Action, ...] = ()
    choices: tuple[Action, ...] = ()
    refusal: Refusal | None = None
    busy: Phrase | None = None
    help: tuple[Vocabulary, ...] = ()
    leave: str = ""
