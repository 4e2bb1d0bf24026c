"""Spells texts with the characters that a printer has. Used by `layout`.

What is not there is written in letters that are (as in passports, ICAO 9303; Greek as in ISO 843), accents last to go; what has no such
spelling (Chinese, Arabic, emoji) becomes STAND_IN, never a question mark, and the layout says that the text was changed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

#: The first of these that the printer has stands for what cannot be spelt.
STAND_IN = "¤*"

_JOINERS = "\u200c\u200d"


def _table(pairs: str) -> dict[str, str]:
    """`ß=ss ı=i`: a character and how it is spelt."""
    return {pair[0]: pair[2:] for pair in pairs.split()}


_LATIN = _table(
    "Ä=AE Ö=OE Ü=UE ä=ae ö=oe ü=ue ß=ss ẞ=SS Æ=AE æ=ae Ø=OE ø=oe Å=AA å=aa Œ=OE œ=oe Þ=TH þ=th Ð=D ð=d Đ=D đ=d Ł=L ł=l ı=i "
    "Ħ=H ħ=h Ŧ=T ŧ=t Ŋ=N ŋ=n ĸ=k Ə=E ə=e"
)
_SIGNS = _table(
    "‘=' ’=' ‚=, ‛=' “=\" ”=\" „=\" «=\" »=\" \"='' ´=' `=' –=- —=- ‐=- ‑=- −=- •=- ·=- …=... €=EUR £=GBP ©=(c) ®=(R) °=o ×=x ÷=/ "
    "§=S ¡=! ¿=? \\=/ ^=' ~=- |=/ ¦=/ ¨= ¸= №=No µ=u"
)
_CYRILLIC = _table(
    "А=A Б=B В=V Г=G Д=D Е=E Ж=ZH З=Z И=I Й=I К=K Л=L М=M Н=N О=O П=P Р=R С=S Т=T У=U Ф=F Х=KH Ц=TS Ч=CH Ш=SH Щ=SHCH Ъ=IE Ы=Y "
    "Ь= Э=E Ю=IU Я=IA Ё=E Є=IE І=I Ї=I Ґ=G Ђ=D Ј=J Љ=LJ Њ=NJ Ћ=C Џ=DZ Ў=U"
)
_GREEK = _table(
    "Α=A Β=V Γ=G Δ=D Ε=E Ζ=Z Η=I Θ=TH Ι=I Κ=K Λ=L Μ=M Ν=N Ξ=X Ο=O Π=P Ρ=R Σ=S Τ=T Υ=Y Φ=F Χ=CH Ψ=PS Ω=O ς=s"
)
_SPELT = _LATIN | _SIGNS | _CYRILLIC | _GREEK
_SPELT |= {capital.lower(): spelt.lower() for capital, spelt in (_CYRILLIC | _GREEK).items()}


def clean(text: str) -> str:
    """The text on one line: control characters and line ends become blanks, characters that only steer the direction of writing or are
    nothing by themselves go (a text could show itself in another order with them), blanks at the ends too. In composed form (NFC)."""
    kept = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if category in ("Cc", "Zl", "Zp", "Zs"):
            kept.append(" ")
        elif category not in ("Cf", "Cs") or char in _JOINERS:
            kept.append(char)
        elif category == "Cs":
            kept.append("\ufffd")
    return "".join(kept).strip()


def spell(text: str, prints: Callable[[str], bool]) -> str:
    """The cleaned text with characters for which `prints` is true, and no others."""
    stand_in = next((char for char in STAND_IN if prints(char)), "")
    line = clean(text)
    out = []
    for char, following in zip(line, [*line[1:], " "], strict=False):
        spelt = char if prints(char) else _spelt(char, prints, stand_in)
        # Ørsted is Oersted, ØRSTED is OERSTED.
        out.append(spelt.capitalize() if len(spelt) > 1 and spelt.isupper() and following.islower() else spelt)
    return "".join(out)


def _spelt(char: str, prints: Callable[[str], bool], stand_in: str) -> str:
    if char in _SPELT and all(map(prints, _SPELT[char])):
        return _SPELT[char]
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    if plain != char:
        return "".join(part if prints(part) else _spelt(part, prints, stand_in) for part in plain)
    nothing = char in _JOINERS or unicodedata.category(char).startswith("M")
    return "" if nothing else stand_in
