"""What the commands share: the data folder argument, and one way to end with a sentence instead of a traceback."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import NoReturn

from oms.settings import default_data_folder


def add_data_argument(parser: ArgumentParser, *, site: bool = False) -> None:
    """`--data DIR`; with `site` also `--site SITE`."""
    parser.add_argument(
        "--data", type=Path, default=default_data_folder(), metavar="DIR", help="data folder of the server"
    )
    if site:
        parser.add_argument(
            "--site", default="", help="the site it is about, where the server serves several; else its own"
        )


def give_up(sentence: str) -> NoReturn:
    """Ends the command with exit status 1."""
    print(f"floorhand: {sentence}", file=sys.stderr)
    raise SystemExit(1)
