"""Runs tests with PostgreSQL as Django's database: `python -m tests.on_postgres [pytest's words]`.

The server is started for the run and removed after it.
"""

import os
import signal
import sys

import pytest

from tests.postgres import Postgres


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # through `finally`
    server = Postgres()
    try:
        os.environ["DATABASE_URL"] = server.fresh_database()
        return int(pytest.main(sys.argv[1:]))
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
