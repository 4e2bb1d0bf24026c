"""Where the device key lies: a file for its owner only, or the system's key store. `secret-tool` is stood in for by a small program, for no
Secret Service runs where the tests do."""

import os
import stat
import sys

import pytest

from app.store.key_file import KeyFile, KeyStoreTrouble, Preferred, SecretService, key_store

KEY = bytes(range(32))

#: Keeps what it is given in a file beside itself, as `secret-tool` does in the key ring; refuses while there is a file `locked`.
TOOL = f"""#!{sys.executable}
import pathlib, sys
here = pathlib.Path(__file__).parent
if (here / "locked").exists():
    sys.exit("secret-tool: the collection is locked")
if sys.argv[1] == "store":
    (here / ("-".join(sys.argv[3:]).replace("/", "_"))).write_bytes(sys.stdin.buffer.read())
else:
    kept = here / ("-".join(sys.argv[2:]).replace("/", "_"))
    if not kept.exists():
        sys.exit(1)
    sys.stdout.buffer.write(kept.read_bytes())
"""


@pytest.fixture
def tool(tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    path = folder / "secret-tool"
    path.write_text(TOOL)
    path.chmod(0o755)
    return path


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def session(tool, monkeypatch):
    """A desktop session with a key store."""
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")


def file_of(data):
    return data / "device.key"


def test_without_a_key_store_it_is_a_file_for_its_owner_only(data, monkeypatch):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    store = key_store(data)
    assert isinstance(store, KeyFile)
    assert store.load() is None
    store.save(KEY)
    assert key_store(data).load() == KEY
    assert stat.S_IMODE(file_of(data).stat().st_mode) == 0o600


@pytest.mark.usefixtures("session")
def test_where_there_is_a_key_store_no_file_is_left(data):
    store = key_store(data)
    assert store.load() is None
    store.save(KEY)
    assert not file_of(data).exists()
    assert key_store(data).load() == KEY


@pytest.mark.usefixtures("session")
def test_a_key_from_before_moves_in_once(data):
    KeyFile(file_of(data)).save(KEY)
    assert key_store(data).load() == KEY
    assert not file_of(data).exists()
    assert key_store(data).load() == KEY


@pytest.mark.usefixtures("session")
def test_two_devices_of_one_user_have_two_keys(data, tmp_path):
    key_store(data).save(KEY)
    other = tmp_path / "other"
    other.mkdir()
    assert key_store(other).load() is None


@pytest.mark.usefixtures("session")
def test_a_store_that_refuses_leaves_the_key_in_its_file(data, tool):
    (tool.parent / "locked").touch()
    store = key_store(data)
    store.save(KEY)
    assert (store.load(), file_of(data).exists()) == (KEY, True)
    (tool.parent / "locked").unlink()
    assert (store.load(), file_of(data).exists()) == (KEY, False)


@pytest.mark.usefixtures("session")
def test_a_locked_store_does_not_look_like_a_device_without_a_key(data, tool):
    """Else the device would make itself a new key and be a stranger to its server."""
    key_store(data).save(KEY)
    (tool.parent / "locked").touch()
    with pytest.raises(KeyStoreTrouble, match="locked"):
        key_store(data).load()


def test_what_is_no_key_is_not_taken_for_one(tool, data):
    store = SecretService(str(tool), data)
    store.save(KEY)
    (kept,) = (path for path in tool.parent.iterdir() if path != tool)
    kept.write_text("not hex")
    with pytest.raises(KeyStoreTrouble):
        store.load()


def test_a_program_that_is_gone_is_a_trouble_and_no_crash(data):
    store = SecretService(str(data / "gone"), data)
    with pytest.raises(KeyStoreTrouble):
        store.load()
    preferred = Preferred(store, KeyFile(file_of(data)))
    preferred.save(KEY)
    assert preferred.load() == KEY


@pytest.mark.usefixtures("session")
def test_the_key_is_never_on_a_command_line(data, tool):
    tool.write_text(
        TOOL.replace("import pathlib, sys\n", "import pathlib, sys\nassert not any('000102' in w for w in sys.argv)\n")
    )
    store = SecretService(str(tool), data)
    store.save(KEY)
    assert store.load() == KEY
