"""`floorhand server worker`: background work beside the servers."""

import argparse
import json
import signal
import time
from typing import Final

from oms.bootstrap import open_oms
from oms.channels.sealing import BadKey, Sealer
from oms.cli.backup import database, told
from oms.cli.common import add_data_argument, give_up
from oms.datafolder import DataFolder
from oms.jobs.queue import Workers
from oms.jobs.tasks import tasks_of
from oms.log import log_to_stderr
from oms.notify.settings import BadMailSetting
from oms.settings import resource_minutes_from_environment, secrets_key_from_environment, telling_from_environment

_LOOK_S: Final = 0.2


def worker_main(argv: list[str]) -> int:
    """Works until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser("floorhand server worker", description="Does background work beside the servers.")
    parser.add_argument("--count", type=int, default=2, help="jobs at a time (1 to 16)")
    add_data_argument(parser)
    got = parser.parse_args(argv)
    if not 1 <= got.count <= 16:
        parser.error("--count is 1 to 16")
    log_to_stderr()
    try:
        telling, minutes = telling_from_environment(), resource_minutes_from_environment()
    except (BadMailSetting, ValueError) as error:
        give_up(str(error))
    with told(), database(DataFolder(got.data), may_run=True) as url:
        oms = open_oms(url, pool_size=got.count + 2)
        sealer = _sealer(DataFolder(got.data))
        workers = Workers(oms.engine, tasks_of(oms, telling.mail, minutes, telling.hooks, sealer), got.count)
        asked: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _: asked.append(number))
        workers.start()
        print(json.dumps({"workers": got.count}), flush=True)
        try:
            # A signal that comes while one waits for an event may find its lock held.
            while not asked:
                time.sleep(_LOOK_S)
        finally:
            workers.stop()
            oms.close()
    return 0


def _sealer(folder: DataFolder) -> Sealer | None:
    """The servers' key of secrets; without it webhooks are left to them."""
    key = secrets_key_from_environment()
    try:
        if key is None and not folder.secrets_key.exists():
            return None
        return Sealer.from_text(key) if key else Sealer.kept_in(folder.secrets_key)
    except (BadKey, OSError) as error:
        give_up(f"the key of secrets: {error}")
