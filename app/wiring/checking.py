"""What the device room's self-test found, in the words of the set-up screen: what is wrong and the command that helps."""

from __future__ import annotations

from app.core.messages import Code, Message, say
from app.screens.devices.port import Finding
from devices.selftest import Check, Remedy
from devices.selftest import Finding as Found

_RULES = "packaging/udev/70-floorhand.rules"
_INSTALL = f"sudo install -m 644 {_RULES} /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger"


def findings(found: tuple[Found, ...]) -> tuple[Finding, ...]:
    """What must be mended, each remedy once, in the order of mending; then what is fine, in one line."""
    bad: dict[tuple[str, str], Finding] = {}
    for each in found:
        if not each.ok:
            message, command = _worded(each)
            bad.setdefault(
                (message.code, str(message.words.get("group", message.words.get("what")))),
                Finding(False, message, command),
            )
    fine = dict.fromkeys(each.what for each in found if each.ok)
    good = (Finding(True, say(Code.CHECK_FINE, what=", ".join(fine))),) if fine else ()
    return (*bad.values(), *good)


def _worded(each: Found) -> tuple[Message, str]:
    group = each.detail if each.check is Check.NODE else each.what
    needs = each.what if each.check is Check.NODE else each.detail
    match each.remedy:
        case Remedy.INSTALL_RULE | Remedy.UPDATE_RULE:
            return say(Code.CHECK_RULE, what="USB"), _INSTALL
        case Remedy.JOIN_GROUP:
            return say(Code.CHECK_GROUP, group=group, what=needs), f"sudo usermod -aG {group} $USER"
        case Remedy.SIGN_IN_AGAIN:
            return say(Code.CHECK_SIGN_IN, group=group), ""
        case Remedy.REPLUG:
            return say(Code.CHECK_REPLUG, what=each.what), ""
        case Remedy.INSTALL_LIBRARY:
            return say(Code.CHECK_SERVICE, what=each.what), f"pip install {each.what}"
        case _:
            return say(Code.CHECK_SERVICE, what=each.what), ""
