"""`floorhand jobs`: how background work is; through the API."""

import argparse
import json
from typing import Final
from urllib.parse import quote

from oms.cli.call import Api
from oms.cli.common import add_data_argument

#: Those of `oms.jobs.queries`, which would load everything that is ever done in the background.
STATES: Final = ("queued", "running", "done", "failed")


def jobs_main(argv: list[str]) -> int:
    """Prints jobs, newest first; or does something about them."""
    parser = argparse.ArgumentParser(
        "floorhand server jobs", description="Background work: what waits, runs and failed."
    )
    parser.add_argument("--state", choices=STATES)
    parser.add_argument("--task")
    parser.add_argument("--limit", type=int, default=20)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--again", type=int, metavar="ID", help="tries one again that failed")
    what.add_argument("--run", metavar="TASK", help="does this work as soon as a worker is free")
    parser.add_argument("--json", action="store_true")
    add_data_argument(parser)
    got = parser.parse_args(argv)
    api, base = Api.local(got.data), "/v1/admin/jobs"
    if got.again is not None:
        api.post(f"{base}/{got.again}/again", b"")
        return 0
    if got.run:
        api.post(f"{base}/tasks/{quote(got.run, safe='')}/run", b"")
        return 0
    words = "".join(f"&{name}={quote(value)}" for name in ("state", "task") if (value := getattr(got, name)))
    found = api.get(f"{base}?limit={got.limit}{words}")
    if got.json:
        print(json.dumps(found))
        return 0
    print(f"{found['workers']} workers")
    for task, counts in found["counts"].items():
        print(f"{task:<16} {', '.join(f'{count} {state}' for state, count in counts.items())}")
    for one in found["jobs"]:
        print(
            f"{one['id']:>8}  {one['task']:<16} {one['state']:<8} {one['attempts']} tries  {(one['last_at'] or '')[:19]}"
            + (f"  {one['problem']}" if one["problem"] else "")
        )
    return 0
