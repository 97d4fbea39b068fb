"""What the collected verdicts teach: one label an article, in the shape of the training data."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.taxonomy import taxonomy
from rrmm.flashpoints.models import Example, Verdict, VerdictKind
from rrmm.flashpoints.texts import text_of
from streams.collectors.models import Article

FEWEST = 30
"""Labelled articles from which an update of the shipped model is worth making."""
FEWEST_OF_A_KIND = 10
"""Flashpoints, and articles that are none, which there must be."""
KEPT_BACK = 5
"""One case in so many, the newest, is kept back from training to measure on."""


@dataclass(frozen=True, slots=True)
class Label:
    """What editors said of one article, the word on the article before the word on its case.

    `rel`: 2 or 0, None while only its place or line was corrected; `country`: where it happens,
    "" where nobody corrected it; `group`: the case it came with; `at`: the group's last word.
    """

    article: UUID
    text: str
    language: str
    outlet: str
    published_at: datetime
    rel: int | None
    lines: tuple[str, ...]
    severity: int | None
    trigger: str
    country: str
    group: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Collected:
    """How much there is. `waiting`: articles whose line was corrected while nobody has decided on
    their case yet; they teach nothing before."""

    cases_confirmed: int
    cases_not_ours: int
    flashpoints: int
    not_flashpoints: int
    places: int
    lines: int
    pairs: int
    waiting: int
    languages: tuple[tuple[str, int, int], ...]
    """(language, flashpoints, others), most first."""

    @property
    def labelled(self) -> int:
        return self.flashpoints + self.not_flashpoints

    @property
    def enough(self) -> bool:
        fewest = min(self.flashpoints, self.not_flashpoints)
        return self.labelled >= FEWEST and fewest >= FEWEST_OF_A_KIND


def labels() -> list[Label]:
    """One label per article that anybody said anything of, oldest group first."""
    rows = (
        Example.objects.filter(same__isnull=True, article__demo=False)
        .select_related("verdict", "article", "article__flag", "article__feed")
        .order_by("verdict__at", "pk")
    )
    mine: dict[UUID, list[Example]] = defaultdict(list)
    for row in rows.iterator(chunk_size=500):
        mine[row.article_id].append(row)
    last: dict[str, datetime] = {}
    for found in mine.values():
        group = _group(found)
        last[group] = max(
            [row.verdict.at for row in found] + [last.get(group, found[0].verdict.at)]
        )
    made = [_label(found, _group(found), last[_group(found)]) for found in mine.values()]
    return sorted(made, key=lambda label: (label.at, label.group, str(label.article)))


def collected(found: Sequence[Label] | None = None) -> Collected:
    """Counts for the page and for `train`."""
    known = labels() if found is None else found
    by_language: dict[str, Counter[int]] = defaultdict(Counter)
    for label in known:
        if label.rel is not None:
            by_language[label.language][label.rel] += 1
    real = Verdict.objects.filter(demo=False)
    told = [(code, n[2], n[0]) for code, n in by_language.items()]
    return Collected(
        cases_confirmed=real.filter(kind=VerdictKind.CONFIRMED).count(),
        cases_not_ours=real.filter(kind=VerdictKind.NOT_OURS).count(),
        flashpoints=sum(label.rel == 2 for label in known),
        not_flashpoints=sum(label.rel == 0 for label in known),
        places=sum(bool(label.country) for label in known),
        lines=real.filter(kind=VerdictKind.WRONG_LINE).count(),
        pairs=Example.objects.filter(same__isnull=False).count(),
        waiting=sum(label.rel is None and bool(label.lines) for label in known),
        languages=tuple(sorted(told, key=lambda row: (-row[1] - row[2], row[0]))),
    )


def marks_of(articles: Collection[UUID]) -> dict[UUID, list[Verdict]]:
    """What staff said of single articles, with the examples it made, oldest first."""
    kinds = [VerdictKind.NOT_FLASHPOINT, VerdictKind.WRONG_PLACE, VerdictKind.WRONG_LINE]
    found: dict[UUID, list[Verdict]] = defaultdict(list)
    rows = Verdict.objects.filter(article__in=articles, kind__in=kinds)
    for verdict in rows.prefetch_related("examples").order_by("at"):
        if verdict.article_id:
            found[verdict.article_id].append(verdict)
    return found


def divided(found: Sequence[Label]) -> tuple[list[Label], list[Label]]:
    """(to train on, kept back): the newest fifth of the cases is kept back, whole cases only."""
    ranked = dict.fromkeys(label.group for label in found if label.rel is not None)
    groups = list(ranked)
    back = set(groups[len(groups) - len(groups) // KEPT_BACK :])
    told = [label for label in found if label.rel is not None]
    return (
        [label for label in told if label.group not in back],
        [label for label in told if label.group in back],
    )


def rows(found: Iterable[Label]) -> list[dict[str, Any]]:
    """Labels as rows of the training data (docs/model-card.md). They were chosen by the model, so
    they stand for nothing in the stream: their weight is none."""
    letters = {line: letter for letter, line in taxonomy().letters.items()}
    return [
        {
            "id": f"desk-{label.article}",
            "lang": label.language,
            "src": f"desk/{label.outlet}",
            "date": f"{label.published_at:%Y-%m-%d}",
            "text": label.text,
            "rel": label.rel,
            "lines": "".join(letters[line] for line in label.lines) if label.rel else "",
            "trigger": label.trigger if label.rel else "",
            "sev": label.severity if label.rel else None,
            "stratum": "desk",
            "weight": None,
        }
        for label in found
        if label.rel is not None
    ]


def _group(found: Sequence[Example]) -> str:
    """The case that an article's words came with: the last one."""
    return str(found[-1].verdict.flashpoint_id or found[-1].article_id)


def _label(found: Sequence[Example], group: str, at: datetime) -> Label:
    """Examples of one article, oldest first, made one."""
    of_case = [row for row in found if row.verdict.article_id is None]
    marks = [row for row in found if row.verdict.article_id is not None]
    article, flag = found[0].article, _flag(found[0].article)
    rel = _last([row.rel for row in of_case])
    rel = _last([rel, *(row.rel for row in marks)])
    lines = _last([*(row.lines or None for row in of_case), *(row.lines or None for row in marks)])
    return Label(
        article=article.pk,
        text=text_of(article.title, article.summary),
        language=flag.language if flag else article.language,
        outlet=flag.outlet if flag else article.feed.outlet,
        published_at=article.published_at,
        rel=rel,
        lines=tuple(lines or (flag.lines if flag and rel is not None else ())),
        severity=_last([row.severity for row in of_case]) or (flag.severity if flag else None),
        trigger=flag.trigger if flag else "",
        country=_last([row.country or None for row in marks]) or "",
        group=group,
        at=at,
    )


def _last(said: Sequence[Any]) -> Any:
    """The last that is not None."""
    return next((one for one in reversed(said) if one is not None), None)


def _flag(article: Article) -> Any:
    return getattr(article, "flag", None)
