"""The client is killed at any moment of a pick: what beeped is there, and the picker stands on the same line."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from app.core.views import PickStep

ROUNDS = 60
NEED = 4000

# One process that has everything imported; it forks a picker, kills it somewhere in its work, and forks the next one.
NURSERY = textwrap.dedent(
    """
    import importlib.util, json, os, random, signal, sys
    from pathlib import Path

    spec = importlib.util.spec_from_file_location("floor", sys.argv[1])
    floor = sys.modules["floor"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(floor)
    folder, rounds, rng = Path(sys.argv[2]), int(sys.argv[3]), random.Random(int(sys.argv[4]))

    def pick(out):
        here = floor.Floor(folder)
        here._at = 1e6 * rng.random()
        here.pick.view()
        here.pick.start_next()
        while True:
            view = here.pick.view().view
            text = {"tote": "T-0001", "bin": view.bin, "item": "4006381333931"}[view.step]
            answer = here.pick.undo() if rng.random() < 0.1 else here.scan(text)
            os.write(out, (answer.message.code + "\\n").encode())

    for _ in range(rounds):
        rng.random()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            try:
                pick(writer)
            finally:
                os._exit(1)
        os.close(writer)
        heard, wanted = b"", rng.randrange(1, 12)
        while heard.count(b"\\n") < wanted:
            more = os.read(reader, 1 if rng.random() < 0.5 else 4096)
            if not more:
                break
            heard += more
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := os.read(reader, 4096):
            heard += more
        os.close(reader)
        sys.stdout.write(json.dumps(heard.decode()) + "\\n")
        sys.stdout.flush()
        # The test looks at the disk now, and says when it is done.
        sys.stdin.readline()
    """
)


#: Words that are only ever said after a fact was written.
BEEPS = ("tote_bound", "bin_right", "unit_counted", "line_done", "undone")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_what_beeped_is_there_and_the_picker_stands_on_the_same_line(floor, request):
    floor.pick_job(lines=(("CUP", "B-1", 3), ("CUP", "B-2", 2), ("CUP", "B-3", NEED)))
    floor.store.close()
    conftest = request.path.parent / "conftest.py"
    nursery = subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(conftest), str(floor.folder), str(ROUNDS), "7"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    beeps = facts = 0
    try:
        for _ in range(ROUNDS):
            # A word that the kill cut in two was not heard.
            heard = json.loads(nursery.stdout.readline()).split("\n")[:-1]
            told = sum(word in BEEPS for word in heard)
            floor.open()
            there = len(floor.facts())
            assert told <= there - facts <= told + 1, "a beep without its fact, or facts nobody made"
            stands_where_the_facts_say(floor)
            floor.store.close()
            beeps, facts = beeps + told, there
            nursery.stdin.write("\n")
            nursery.stdin.flush()
    finally:
        nursery.kill()
        nursery.wait()
        nursery.stdin.close()
        nursery.stdout.close()
        floor.open()
    assert beeps > 3 * ROUNDS


def stands_where_the_facts_say(floor):
    """The line on screen and the count in hand are what the facts add up to, walking the job in order."""
    by_bin = {"B-1": 0, "B-2": 0, "B-3": 0}
    at = None
    for kind, body in floor.facts():
        if kind == "pick.at_bin":
            at = body["bin"]
        elif kind in ("pick.confirm", "pick.undo"):
            by_bin[body["from_bin"]] += body["qty"] if kind == "pick.confirm" else -body["qty"]
    view = floor.pick.view().view
    if view.step is not PickStep.TOTE:
        need = {"B-1": 3, "B-2": 2, "B-3": NEED}
        assert view.bin in [bin for bin, count in by_bin.items() if count < need[bin]]
        assert (view.in_hand, view.bin_confirmed) == (by_bin[view.bin], view.bin == at)
