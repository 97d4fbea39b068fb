"""Writes events of the conformance flow into the log: `python -m tests.contracts.feed N LINES`.

Commits in small transactions, so that workers meet them while more are coming.
"""

import argparse
import os


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("n", type=int)
    parser.add_argument("lines", type=int)
    parser.add_argument("--poison", type=int, default=0, help="every so manieth is poison")
    parser.add_argument("--later", type=int, default=0, help="every so manieth fails at first")
    parser.add_argument("--work-ms", type=float, default=0.0)
    given = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.db import transaction

    from streams.log import append_many
    from tests.contracts.flow import Counted

    def trouble(n: int) -> str:
        if given.poison and n % given.poison == given.poison - 1:
            return "poison"
        return "later" if given.later and n % given.later == given.later - 1 else ""

    for start in range(0, given.n, 50):
        with transaction.atomic():
            append_many(
                [
                    Counted(
                        line=f"line-{n % given.lines}", n=n, trouble=trouble(n),
                        work_ms=given.work_ms,
                    )
                    for n in range(start, min(start + 50, given.n))
                ]
            )  # fmt: skip


if __name__ == "__main__":
    main()
