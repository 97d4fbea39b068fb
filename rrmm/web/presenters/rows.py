"""A line of the queue, ready to be drawn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rrmm.web import words
from rrmm.web.presenters.growth import growth
from rrmm.web.presenters.standing import Mobilisation, Standing, standing


@dataclass(frozen=True)
class Row:
    """`url` opens the case beside the queue, `pane_url` brings the pane alone."""

    case: Any
    url: str
    pane_url: str
    current: bool
    unread: bool
    closed: bool
    where: str
    growth: str
    standing: Standing | None


def where(case: Any) -> str:
    """ "Porto Sereno, Italy"; whatever of both is known."""
    country = words.country(case.country)
    return ", ".join(dict.fromkeys(part for part in (case.place, country) if part))


def row(
    case: Any,
    *,
    unread: bool,
    mobilisation: Mobilisation | None,
    reader: int,
    now: datetime,
    url: str,
    pane_url: str,
    current: bool,
) -> Row:
    """Draw one case (`rrmm.flashpoints.models.Flashpoint`) for one reader (a user's id)."""
    grown = growth(case.growth, case.article_count, case.first_seen_at, case.last_article_at)
    return Row(
        case=case,
        url=url,
        pane_url=pane_url,
        current=current,
        unread=unread,
        closed=case.state in {"dismissed", "closed"},
        where=where(case),
        growth=grown,
        standing=standing(case, mobilisation, reader, now),
    )
