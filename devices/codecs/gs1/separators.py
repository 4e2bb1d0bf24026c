"""The forms in which separators arrive: scanners send GS as the character itself or as a substitute, keyboards type it. Used by `scan`.

None of the default forms can be data: `^ | ~ { } [ ]` are outside the characters of GS1 element strings; `<GS>` is inside, but stands in
no lot number that anybody has seen. A scanner set to another substitute is configured with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

GS, RS, EOT = "\x1d", "\x1e", "\x04"

# "^]" is Ctrl+] written out, U+241D the picture of the control character.
GS_FORMS = ("{GS}", "<GS>", "[GS]", "^]", "\u241d", "^", "|", "~")
RS_FORMS = ("{RS}", "<RS>", "[RS]", "^^", "\u241e")
EOT_FORMS = ("{EOT}", "<EOT>", "[EOT]", "\u2404")


@dataclass(frozen=True, slots=True)
class Separators:
    """What stands for each separator beside the character itself; the forms of RS and EOT count in ISO 15434 envelopes only."""

    gs: tuple[str, ...] = GS_FORMS
    rs: tuple[str, ...] = RS_FORMS
    eot: tuple[str, ...] = EOT_FORMS

    def in_message(self, text: str) -> str:
        """A GS1 message with all its separators as GS; one that has a real GS is left as it is."""
        if GS in text:
            return text
        return _replaced(text, ((GS, self.gs),))

    def in_envelope(self, text: str) -> str:
        """An ISO 15434 message with all its separators as GS, RS and EOT; one that has a real GS or RS is left as it is."""
        if GS in text or RS in text:
            return text
        return _replaced(text, ((RS, self.rs), (EOT, self.eot), (GS, self.gs)))


AS_SENT = Separators()
"""All usual forms."""


def _replaced(text: str, meanings: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    pattern, meaning = _compiled(meanings)
    if pattern is None or not pattern.search(text):
        return text
    return pattern.sub(lambda found: meaning[found.group()], text)


@lru_cache(maxsize=16)
def _compiled(meanings: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    meaning = {form: char for char, forms in reversed(meanings) for form in forms if form}
    longest_first = sorted(meaning, key=len, reverse=True)
    return (re.compile("|".join(map(re.escape, longest_first))) if meaning else None), meaning
