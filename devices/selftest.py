"""What this machine lacks to talk to devices: udev rule, group, right on a node, library. Asked by the set-up screen and the command line.

Says what is missing and which rule or group helps; opens no device.
"""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from pathlib import Path

from devices.transports.uevents import Uevents

if sys.platform != "win32":  # where there are neither groups of this kind nor nodes
    import grp

RULE = "70-floorhand.rules"
RULE_FOLDERS = (
    "etc/udev/rules.d",
    "run/udev/rules.d",
    "usr/local/lib/udev/rules.d",
    "usr/lib/udev/rules.d",
    "lib/udev/rules.d",
)


@unique
class Check(StrEnum):
    """What was looked at."""

    UDEV_RULE = "udev-rule"
    GROUP = "group"
    NODE = "node"
    HOT_PLUG = "hot-plug"
    LIBRARY = "library"


@unique
class Remedy(StrEnum):
    """What helps. The words for people are the client's."""

    NONE = "none"
    INSTALL_RULE = "install-rule"
    UPDATE_RULE = "update-rule"
    REPLUG = "replug"
    JOIN_GROUP = "join-group"
    SIGN_IN_AGAIN = "sign-in-again"
    INSTALL_LIBRARY = "install-library"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `what`: the node, group, rule or library; `detail`: which group or kind of device it is about."""

    check: Check
    what: str
    ok: bool
    remedy: Remedy = Remedy.NONE
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of node: where it is, which group may use it, what hangs there."""

    pattern: str
    group: str
    what: str


KINDS = (
    Kind("ttyUSB*", "dialout", "USB serial"),
    Kind("ttyACM*", "dialout", "USB serial"),
    Kind("ttyS*", "dialout", "serial"),
    Kind("hidraw*", "input", "HID"),
    Kind("input/by-id/*-event-kbd", "input", "keyboard scanner"),
    Kind("usb/lp*", "lp", "USB printer"),
)
GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS))


@dataclass(frozen=True, slots=True)
class Person:
    """In which groups somebody is: in this session (`now`), and by the system's list (`listed`), which counts from the next sign-in."""

    root: bool
    now: frozenset[str]
    listed: frozenset[str]


def me() -> Person:
    """Whoever runs this program."""
    if sys.platform == "win32":
        return Person(True, frozenset(), frozenset())
    numbers = {*os.getgroups(), os.getegid()}
    name = os.environ.get("USER", "")
    known = grp.getgrall()
    return Person(
        os.geteuid() == 0,
        frozenset(group.gr_name for group in known if group.gr_gid in numbers),
        frozenset(group.gr_name for group in known if name and name in group.gr_mem),
    )


class SelfTest:
    """Looks at one machine. `root` is its root folder, `access` says whether a node may be read and written."""

    def __init__(
        self,
        root: Path = Path("/"),
        person: Person | None = None,
        access: Callable[[Path], bool] = lambda node: os.access(node, os.R_OK | os.W_OK),
        shipped: str | None = None,
    ) -> None:
        self._root = root
        self._person = person or me()
        self._access = access
        self._shipped = shipped

    def run(self) -> tuple[Finding, ...]:
        """Everything, in the order in which a person should mend it."""
        rule = self._rule()
        return (rule, *self._groups(), *self._nodes(rule.ok), self._hot_plug(), self._library())

    def _rule(self) -> Finding:
        for folder in RULE_FOLDERS:
            path = self._root / folder / RULE
            if path.is_file():
                # Of an older version of the program it may lack the newest devices.
                fresh = self._shipped is None or path.read_text("utf-8", "replace") == self._shipped
                return Finding(Check.UDEV_RULE, RULE, fresh, Remedy.NONE if fresh else Remedy.UPDATE_RULE, str(path))
        return Finding(Check.UDEV_RULE, RULE, False, Remedy.INSTALL_RULE, str(self._root / RULE_FOLDERS[0]))

    def _groups(self) -> Iterator[Finding]:
        for group in GROUPS:
            what = ", ".join(dict.fromkeys(kind.what for kind in KINDS if kind.group == group))
            ok = self._person.root or group in self._person.now
            yield Finding(Check.GROUP, group, ok, Remedy.NONE if ok else self._join(group), what)

    def _join(self, group: str) -> Remedy:
        return Remedy.SIGN_IN_AGAIN if group in self._person.listed else Remedy.JOIN_GROUP

    def _nodes(self, rule: bool) -> Iterator[Finding]:
        for kind in KINDS:
            for node in sorted((self._root / "dev").glob(kind.pattern)):
                ok = self._access(node)
                yield Finding(
                    Check.NODE, str(node), ok, Remedy.NONE if ok else self._for_node(node, kind, rule), kind.group
                )

    def _for_node(self, node: Path, kind: Kind, rule: bool) -> Remedy:
        if not rule:
            return Remedy.INSTALL_RULE
        if _group_may(node, kind.group):
            return self._join(kind.group)
        # The rule is there but the node is from before it, or the rule does not know this maker.
        return Remedy.REPLUG

    def _hot_plug(self) -> Finding:
        try:
            Uevents().close()
        except OSError as trouble:
            # Not needed: the lists are read each second then.
            return Finding(Check.HOT_PLUG, "netlink", False, Remedy.NONE, type(trouble).__name__)
        return Finding(Check.HOT_PLUG, "netlink", True)

    def _library(self) -> Finding:
        there = importlib.util.find_spec("hid") is not None
        return Finding(Check.LIBRARY, "hidapi", there, Remedy.NONE if there else Remedy.INSTALL_LIBRARY)


def _group_may(node: Path, group: str) -> bool:
    if sys.platform == "win32":
        return False
    try:
        facts = node.stat()
        return bool(facts.st_mode & stat.S_IRGRP and facts.st_mode & stat.S_IWGRP) and (
            grp.getgrgid(facts.st_gid).gr_name == group
        )
    except (OSError, KeyError):
        return False
