"""`floorhand devices selftest`: what this machine lacks to talk to devices, and what to do about it."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

from devices.selftest import RULE, Finding, Remedy, SelfTest

_SHIPPED = Path(__file__).parent.parent.parent / "packaging" / "udev" / RULE

_WORDS = {
    Remedy.NONE: "",
    Remedy.INSTALL_RULE: f"install the rule file {RULE} in /etc/udev/rules.d, then: udevadm control --reload && udevadm trigger",
    Remedy.UPDATE_RULE: f"replace {RULE}: it is not the one of this version",
    Remedy.REPLUG: f"unplug it and plug it in again; if that does not help, {RULE} does not know its maker",
    Remedy.JOIN_GROUP: "add the user to the group: usermod -aG GROUP USER, then sign in again",
    Remedy.SIGN_IN_AGAIN: "sign out and in again: the group counts from the next sign-in",
    Remedy.INSTALL_LIBRARY: "install the Python package hidapi",
}


def selftest(options: argparse.Namespace) -> int:
    """Prints what was looked at, or JSON. Exit code 1 when something that a person can mend is missing."""
    shipped = _SHIPPED.read_text("utf-8") if _SHIPPED.is_file() else None
    findings = SelfTest(shipped=shipped).run()
    if options.json:
        print(json.dumps({"findings": [dataclasses.asdict(finding) for finding in findings]}, indent=1))
    else:
        print("\n".join(_line(finding) for finding in findings))
    return int(any(finding.remedy is not Remedy.NONE for finding in findings))


def _line(finding: Finding) -> str:
    mark = "ok     " if finding.ok else "MISSING" if finding.remedy is not Remedy.NONE else "without"
    words = _WORDS[finding.remedy].replace("GROUP", finding.detail if finding.check == "node" else finding.what)
    return f"{mark} {finding.check.value:9} {finding.what} ({finding.detail})" + (f"\n        {words}" if words else "")
