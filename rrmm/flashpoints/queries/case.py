"""One case with its evidence: articles by owner, the words that decided, what the rule saw."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from rrmm.flashpoints.models import Flag, Flashpoint
from rrmm.flashpoints.queries.rule import RuleLine, in_words
from rrmm.flashpoints.queries.stories import flags_of

MOST_ARTICLES = 200


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article of the case as the desk shows it. `copies`: later articles of the same words."""

    id: UUID
    title: str
    summary: str
    url: str
    outlet: str
    country: str
    language: str
    at: datetime
    score: float
    severity: int
    trigger: str
    reasons: tuple[dict[str, Any], ...]
    is_copy: bool
    backfill: bool
    lines: tuple[str, ...] = ()
    places: tuple[dict[str, Any], ...] = ()
    model: str = ""
    """Version of the model that flagged it."""


@dataclass(frozen=True, slots=True)
class OwnerGroup:
    """Articles of one owner; owner "" gathers the unknown ones, which count as one voice."""

    owner: str
    outlets: tuple[str, ...]
    articles: tuple[ArticleLine, ...]
    copies: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything on a case's page that this app knows. `leased`: the holder's time still runs."""

    case: Flashpoint
    owners: tuple[OwnerGroup, ...]
    evidence: ArticleLine | None
    """The article whose words say best why this was flagged."""
    rule: tuple[RuleLine, ...]
    trigger: str
    leased: bool
    mine: bool
    articles_left_out: int


def case(case_id: UUID, staff: AbstractBaseUser | None = None) -> CaseView:
    """The case's page. Raises Flashpoint.DoesNotExist."""
    found = Flashpoint.objects.select_related("holder", "decided_by", "story").get(pk=case_id)
    flags = _flags(found)
    lines = [line_of(flag) for flag in flags[:MOST_ARTICLES]]
    until = found.held_lease_until
    leased = found.holder_id is not None and until is not None and until > timezone.now()
    return CaseView(
        case=found,
        owners=_by_owner(flags[:MOST_ARTICLES], lines),
        evidence=_evidence(lines),
        rule=in_words(found.rule),
        trigger=_most_common(line.trigger for line in lines if not line.is_copy),
        leased=leased,
        mine=leased and staff is not None and found.holder_id == staff.pk,
        articles_left_out=max(0, len(flags) - MOST_ARTICLES),
    )


def line_of(flag: Flag) -> ArticleLine:
    """A flag with its article (select_related) as the desk shows it."""
    return ArticleLine(
        id=flag.article_id,
        title=flag.article.title,
        summary=flag.article.summary,
        url=flag.article.url,
        outlet=flag.outlet,
        country=flag.outlet_country,
        language=flag.language,
        at=flag.published_at,
        score=flag.score,
        severity=flag.severity,
        trigger=flag.trigger,
        reasons=tuple(flag.reasons),
        is_copy=flag.is_copy,
        backfill=flag.backfill,
        lines=tuple(flag.lines),
        places=tuple(flag.places),
        model=flag.model_version,
    )


def article(case_id: UUID, article_id: UUID) -> tuple[Flashpoint, ArticleLine]:
    """A case and one article of its story. Raises Flag.DoesNotExist where there is none."""
    found = Flashpoint.objects.filter(pk=case_id).first()
    if found is None or found.story_id is None:
        raise Flag.DoesNotExist
    rows = flags_of(found.story_id).select_related("article")
    return found, line_of(rows.get(article_id=article_id))


def _flags(found: Flashpoint) -> list[Flag]:
    rows = flags_of(found.story_id).select_related("article").defer("vector")
    return list(rows.order_by("published_at", "pk"))


def _by_owner(flags: list[Flag], lines: list[ArticleLine]) -> tuple[OwnerGroup, ...]:
    groups: dict[str, list[ArticleLine]] = defaultdict(list)
    for flag, line in zip(flags, lines, strict=True):
        groups[flag.owner].append(line)
    made = [
        OwnerGroup(
            owner=owner,
            outlets=tuple(dict.fromkeys(line.outlet for line in found)),
            articles=tuple(found),
            copies=sum(line.is_copy for line in found),
        )
        for owner, found in groups.items()
    ]
    return tuple(sorted(made, key=lambda group: (not group.owner, group.articles[0].at)))


def _evidence(lines: list[ArticleLine]) -> ArticleLine | None:
    told = [line for line in lines if not line.is_copy and line.reasons]
    return max(told, key=lambda line: line.score, default=None)


def _most_common(words: Iterable[str]) -> str:
    found = list(words)
    return max(found, key=found.count, default="")
