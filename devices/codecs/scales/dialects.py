"""All scale dialects by name: the one table that drivers, simulators, conformance and the set-up wizard read."""

from __future__ import annotations

from devices.codecs.scales import (
    aandd,
    adam,
    cas,
    cas_ecr,
    dialog06,
    dibal_98,
    mt_sics,
    nci,
    ohaus,
    radwag,
    sbi,
    sma,
    toledo_8213,
    toledo_8217,
    toledo_continuous,
    usb_hid,
)
from devices.codecs.scales.dialect import Dialect

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        mt_sics.DIALECT,
        toledo_8217.DIALECT,
        toledo_8213.DIALECT,
        toledo_continuous.DIALECT,
        nci.DIALECT,
        sma.DIALECT,
        aandd.DIALECT,
        cas.CAS_22,
        cas.CAS_18,
        cas.CAS_10,
        cas_ecr.DIALECT,
        sbi.SBI_16,
        sbi.SBI_22,
        ohaus.DIALECT,
        adam.DIALECT,
        dibal_98.DIALECT,
        dialog06.DIALECT,
        radwag.DIALECT,
        usb_hid.DIALECT,
    )
}
