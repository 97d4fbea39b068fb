"""The articles of a case as one takes it apart: by the place that each of them names."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from experts.models import Brief
from rrmm.flashpoints.families import Told, originals
from rrmm.flashpoints.models import Flag, Flashpoint
from rrmm.flashpoints.queries.case import ArticleLine, line_of
from rrmm.flashpoints.queries.stories import flags_of

MOST = 600
"""Articles that are listed, the newest."""


@dataclass(frozen=True, slots=True)
class Separable:
    """An article that may leave the case; copies: of the same words, which go with it.
    in_brief: experts read it as a source."""

    line: ArticleLine
    copies: int
    in_brief: bool


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """Articles that name the same scene; country and place "" where none is named."""

    key: str
    country: str
    place: str
    articles: tuple[Separable, ...]


@dataclass(frozen=True, slots=True)
class Parted:
    """The groups, the largest first; `left_out`: older articles that are not listed."""

    groups: tuple[PlaceGroup, ...]
    articles: int
    left_out: int


def parted(case: Flashpoint) -> Parted:
    """Every article of its own words, oldest first within its group."""
    rows = flags_of(case.story_id).select_related("article").defer("vector")
    total = rows.count()
    flags = list(rows.order_by("-published_at", "-pk")[:MOST])[::-1]
    original = originals([
        Told(flag.pk, f"{flag.article.title} {flag.article.summary}", flag.language, flag.is_copy)
        for flag in flags
    ])  # fmt: skip
    copies, cited = Counter(original.values()), _cited(case)
    groups: dict[tuple[str, str], list[Separable]] = defaultdict(list)
    for flag in flags:
        if flag.pk not in original:
            article = Separable(line_of(flag), copies[flag.pk], str(flag.article_id) in cited)
            groups[_scene(flag)].append(article)
    made = [
        PlaceGroup(f"{country}:{place}", country, place, tuple(articles))
        for (country, place), articles in groups.items()
    ]
    ranked = sorted(made, key=lambda group: (-len(group.articles), group.key))
    return Parted(tuple(ranked), sum(len(group.articles) for group in made), total - len(flags))


def _scene(flag: Flag) -> tuple[str, str]:
    main = next((place for place in flag.places if place["main"]), None)
    return (main["country"], main["name"]) if main else ("", "")


def _cited(case: Flashpoint) -> set[str]:
    """Articles that the newest brief of the case names as sources."""
    if case.mobilisation is None:
        return set()
    brief = Brief.objects.filter(mobilisation_id=case.mobilisation).order_by("-version").first()
    sources: Sequence[dict[str, str] | None] = (
        [sentence.get("source") for sentence in brief.sentences] if brief else []
    )
    return {str(source["article"]) for source in sources if source}
