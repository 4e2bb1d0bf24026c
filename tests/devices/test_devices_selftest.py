"""The machine is looked at: every missing rule, group and right is named, and the shipped rule file says what it must."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devices import __main__ as command
from devices.discovery.known import SCALE_VENDORS, SCALES, SCANNER_VENDORS
from devices.selftest import GROUPS, RULE, Check, Person, Remedy, SelfTest, me

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "packaging" / "udev" / RULE
MOCK = ROOT.parent / "shared" / "data" / "third-party" / "umockdev-hid"

NOBODY = Person(False, frozenset(), frozenset())
MEMBER = Person(False, frozenset(GROUPS), frozenset(GROUPS))


@pytest.fixture
def machine(tmp_path):
    """A root folder with a node of every kind."""
    for name in ("ttyUSB0", "ttyACM0", "hidraw3", "usb/lp0", "input/by-id/usb-Honeywell-event-kbd"):
        node = tmp_path / "dev" / name
        node.parent.mkdir(parents=True, exist_ok=True)
        node.touch(mode=0o600)
    return tmp_path


def with_rule(machine, text="# ours\n"):
    folder = machine / "etc/udev/rules.d"
    folder.mkdir(parents=True)
    (folder / RULE).write_text(text)


def found(findings, check):
    return {finding.what: finding for finding in findings if finding.check is check}


def test_without_rule_and_groups_everything_is_named(machine):
    findings = SelfTest(machine, NOBODY, access=lambda node: False).run()
    assert found(findings, Check.UDEV_RULE)[RULE].remedy is Remedy.INSTALL_RULE
    groups = found(findings, Check.GROUP)
    assert {name: groups[name].remedy for name in groups} == dict.fromkeys(
        ("dialout", "input", "lp"), Remedy.JOIN_GROUP
    )
    nodes = found(findings, Check.NODE)
    assert len(nodes) == 5
    assert all(not node.ok and node.remedy is Remedy.INSTALL_RULE for node in nodes.values())
    assert nodes[str(machine / "dev/usb/lp0")].detail == "lp"


def test_with_rule_and_groups_all_is_well(machine):
    with_rule(machine)
    findings = SelfTest(machine, MEMBER, access=lambda node: True).run()
    assert all(finding.ok for finding in findings if finding.check is not Check.HOT_PLUG)
    assert {finding.remedy for finding in findings} == {Remedy.NONE}


def test_an_old_rule_file_is_named(machine):
    with_rule(machine)
    (rule,) = found(SelfTest(machine, MEMBER, lambda node: True, shipped="# newer\n").run(), Check.UDEV_RULE).values()
    assert (rule.ok, rule.remedy) == (False, Remedy.UPDATE_RULE)


def test_a_group_that_counts_only_after_the_next_sign_in(machine):
    person = Person(False, frozenset(), frozenset({"lp"}))
    groups = found(SelfTest(machine, person).run(), Check.GROUP)
    assert groups["lp"].remedy is Remedy.SIGN_IN_AGAIN
    assert groups["input"].remedy is Remedy.JOIN_GROUP


def test_a_node_from_before_the_rule_is_to_be_plugged_in_again(machine):
    with_rule(machine)
    nodes = found(SelfTest(machine, MEMBER, access=lambda node: False).run(), Check.NODE)
    assert {node.remedy for node in nodes.values()} == {Remedy.REPLUG}


def test_a_node_that_the_group_may_use_wants_the_group(machine):
    import grp

    try:
        number = grp.getgrnam("lp").gr_gid
        node = machine / "dev/usb/lp0"
        os.chown(node, -1, number)
    except (KeyError, PermissionError):
        pytest.skip("only root may give a file to group lp, where there is one")
    node.chmod(0o660)
    with_rule(machine)
    nodes = found(SelfTest(machine, NOBODY, access=lambda node: False).run(), Check.NODE)
    assert nodes[str(node)].remedy is Remedy.JOIN_GROUP


def test_whoever_runs_this_is_in_some_group():
    person = me()
    assert person.root == (os.geteuid() == 0)
    assert person.now


def test_the_command_prints_and_its_exit_code_tells(capsys):
    code = command.main(["selftest", "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert code == int(any(finding["remedy"] != "none" for finding in findings))
    assert {finding["check"] for finding in findings} >= {"udev-rule", "group", "hot-plug", "library"}
    assert command.main(["selftest"]) == code
    printed = capsys.readouterr().out
    assert all(finding["what"] in printed for finding in findings)


# --- the rule file ---


def rules():
    lines = [line.strip() for line in SHIPPED.read_text("utf-8").splitlines()]
    return [re.split(r",\s*", line) for line in lines if line and not line.startswith("#")]


def test_every_rule_is_well_formed_and_gives_seat_and_group():
    term = re.compile(
        r'(?:SUBSYSTEM|KERNEL|ATTRS\{\w+\})=="[^"]+"|TAG\+="uaccess"|GROUP="\w+"|MODE="0660"|ENV\{\w+\}="1"'
    )
    for rule in rules():
        assert all(term.fullmatch(part) for part in rule), rule
        assert 'TAG+="uaccess"' in rule
        groups = [part[7:-1] for part in rule if part.startswith("GROUP=")]
        assert groups == [{"hidraw": "input", "input": "input", "tty": "dialout", "usbmisc": "lp"}[rule[0][12:-1]]]


def test_every_device_that_discovery_knows_has_a_rule():
    hid = [",".join(rule) for rule in rules() if rule[0] == 'SUBSYSTEM=="hidraw"']
    for vendor in SCANNER_VENDORS | SCALE_VENDORS:
        assert any(f'ATTRS{{idVendor}}=="{vendor:04x}"' in rule for rule in hid), f"{vendor:04x}"
    for vendor, product in SCALES:
        wanted = f'ATTRS{{idVendor}}=="{vendor:04x}",ATTRS{{idProduct}}=="{product:04x}"'
        assert any(wanted in rule for rule in hid), wanted


def test_no_rule_opens_a_persons_keyboard():
    for rule in rules():
        if rule[0] == 'SUBSYSTEM=="input"':
            assert any(part.startswith("ATTRS{idVendor}==") for part in rule), rule


# --- on mock hardware ---


@pytest.mark.parametrize(
    ("device", "role", "dialect", "name"),
    [
        ("hidscale", "scale", "usb-hid-scale", "M10"),
        ("hidpos", "scanner", "hid-pos", ""),
    ],
)
def test_hid_devices_of_a_mock_machine_are_found_by_the_command(device, role, dialect, name):
    """The whole way: kernel's list, udev's words, hidapi, finder, command."""
    if shutil.which("umockdev-run") is None:
        pytest.skip("umockdev is not installed (tools/apt-packages.txt)")
    if not MOCK.is_dir():
        pytest.skip("the recorded mock devices are not beside this checkout")
    done = subprocess.run(
        [
            *("umockdev-run", "-d", str(MOCK / f"{device}.umockdev")),
            *("-i", f"/dev/hidraw5={MOCK / f'{device}.ioctl'}"),
            *("--", sys.executable, "-m", "devices", "find", "--seconds", "1", "--json"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    devices = [one for one in json.loads(done.stdout)["devices"] if one["ways"] == ["USB HID"]]
    assert [(one["role"], one["dialect"]) for one in devices] == [(role, dialect)]
    assert name in devices[0]["name"]
