"""`make bench`: every bench in its own process, one after the other."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    failed = []
    for file in sorted(HERE.glob("bench_*.py")):
        print(f"\n== {file.stem}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{file.stem}"], check=False).returncode:
            failed.append(file.stem)
    if failed:
        print(f"\nended with an error: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
