"""Closed words of packing. Those of pallets are on the wire: devices have pallets among their rows."""

from sync.contract.codes import PalletState as PalletState
