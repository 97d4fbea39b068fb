"""Articles per second of the assessor, against a plain scikit-learn n-gram pipeline.

`python -m bench.bench_assess`: one core, the same texts in the same run.
Prints JSON lines: articles/s of each, and ours divided by the peer's.
"""

import gzip
import itertools
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import FeatureUnion, make_pipeline  # noqa: E402

from models.flashpoint import Assessor, Item  # noqa: E402

DATA = Path(__file__).parents[2] / "shared" / "data"
FITTED_ON, MEASURED = 2000, 2000
ROUNDS = 2


def main() -> None:
    rows = list(read(DATA / "flashpoints" / "train.jsonl"))
    random.Random(20261121).shuffle(rows)
    fitted_on = rows[:FITTED_ON]
    # What streams bring, unselected: about one in ten is flagged, not half as in the labelled set.
    measured = list(stream())
    items = [Item(str(row["text"])[:600], str(row["lang"])) for row in measured]
    assessor = Assessor.load()
    # What is read at the first need (tables of names, patterns) is start-up, not work.
    assessor.assess([Item("Mosque set on fire in Lyon", "en")], everything=True)
    # The first pass meets every word for the first time: it is told apart.
    told: dict[str, float] = {"assess, first meeting": rate(lambda: assessor.assess(items), 1)}
    told["assess, flagged ones in full"] = rate(lambda: assessor.assess(items))
    told["assess, all in full"] = rate(lambda: assessor.assess(items, everything=True))
    peer = make_pipeline(
        FeatureUnion([
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)),
            ("pieces", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3)),
        ]),
        LogisticRegression(C=10, max_iter=200),
    )  # fmt: skip
    peer.fit([row["text"] for row in fitted_on], [row["rel"] == 2 for row in fitted_on])
    texts = [item.text for item in items]
    told["peer, score alone"] = rate(lambda: peer.predict_proba(texts))
    for name, speed in told.items():
        print(json.dumps({"what": name, "articles_per_s": round(speed)}))
    for name in itertools.islice(told, 3):
        ratio = told[name] / told["peer, score alone"]
        print(json.dumps({"what": f"{name} / peer", "ratio": round(ratio, 2)}))


def stream() -> Iterator[dict[str, object]]:
    """The first items of each collection of unlabelled ones, half of them English."""
    for file in sorted((DATA / "unlabelled").glob("*.jsonl.gz")):
        count = MEASURED // 2 if file.name.startswith("en") else MEASURED // 16
        yield from itertools.islice(read(file), count)


def read(file: Path) -> Iterator[dict[str, object]]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def rate(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Articles per second of processor time, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return MEASURED / best


if __name__ == "__main__":
    main()
