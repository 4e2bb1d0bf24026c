"""The virtual printers by language: a plain table. Used by `floorhand devices simulate` and by the chaos runs."""

from __future__ import annotations

from devices.simulated.brother_machine import BrotherMachine
from devices.simulated.cpcl_machine import CpclMachine
from devices.simulated.epl2_machine import Epl2Machine
from devices.simulated.escpos_machine import EscposMachine
from devices.simulated.printer_base import LabelMachine
from devices.simulated.sbpl_machine import SbplMachine
from devices.simulated.tspl_machine import TsplMachine

MACHINES: dict[str, type[LabelMachine]] = {
    "tspl": TsplMachine,
    "epl2": Epl2Machine,
    "cpcl": CpclMachine,
    "sbpl": SbplMachine,
    "escpos": EscposMachine,
    "brother": BrotherMachine,
}
"""All but ZPL, which has a simulator of its own (`zpl_sim`)."""
