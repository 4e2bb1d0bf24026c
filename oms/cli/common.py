"""What the commands share: the data folder argument, and one way to end with a sentence instead of a traceback."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import NoReturn

from oms.settings import default_data_folder


def add_data_argument(parser: ArgumentParser) -> None:
    """`--data DIR`."""
    parser.add_argument(
        "--data", type=Path, default=default_data_folder(), metavar="DIR", help="data folder of the server"
    )


def give_up(sentence: str) -> NoReturn:
    """Ends the command with exit status 1."""
    print(f"floorhand: {sentence}", file=sys.stderr)
    raise SystemExit(1)
