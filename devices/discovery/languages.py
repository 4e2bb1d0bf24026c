"""Which printer language a printer speaks, by the words it uses about itself. Used by the sources that see printers."""

from __future__ import annotations

import re

# What printers list as command sets (IEEE 1284 CMD, mDNS usb_CMD and pdl), and what their makers call their models. First match counts:
# a Zebra often lists both of its languages, and ZPL says more about each label.
_COMMAND_SETS = (
    ("zpl", r"\bZPL"),
    ("tspl", r"\bTSPL|\bFBPL"),
    ("sbpl", r"\bSBPL"),
    ("epl2", r"\bEPL"),
    ("cpcl", r"\bCPCL"),
    ("escpos", r"\bESC/?POS|\bESCPOS|\bEPSON\b.*\bPOS"),
    ("brother", r"\bPT-CBP|\bBROTHER.?RASTER"),
)
_MODELS = (
    ("zpl", r"\bZebra\b|\bZTC\b|\bZD\d{3}|\bZT\d{3}"),
    ("tspl", r"\bTSC\b|\bGprinter\b|\bTD-4\d{3}"),
    ("sbpl", r"\bSATO\b"),
    ("cpcl", r"\bQLn?\d{3}\b.*CPCL"),
    ("escpos", r"\bTM-[A-Z]\d{2}|\bCT-S\d"),
    ("brother", r"\bQL-\d{3}|\bPT-P\d"),
)


def language_of(command_sets: str, model: str) -> str | None:
    """Name of the dialect in the table of printers, or None when the words do not tell."""
    for words, table in ((command_sets, _COMMAND_SETS), (model, _MODELS)):
        for dialect, pattern in table:
            if re.search(pattern, words, re.IGNORECASE):
                return dialect
    return None
