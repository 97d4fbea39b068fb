"""The confirm page as it stands before staff have touched it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from experts.plan import BriefSentence, MobilisationPlan
from rrmm.flashpoints.models import Flag, Flashpoint
from rrmm.flashpoints.queries.stories import flags_of

MOST_SENTENCES = 6
ENOUGH_SENTENCES = 3
TIME_TO_WRITE = timedelta(hours=6)


def draft_plan(case: Flashpoint) -> MobilisationPlan:
    """One sentence per independent owner, each with its source; then what we do not know.

    In the language of the reader or in English where an article speaks it: who confirms a brief
    must be able to read it. Where none does, the originals. The slate is empty: the proposal
    fills it on the page."""
    flags = _flags(case)
    return MobilisationPlan(
        slots=settings.ASK_SLOTS,
        deadline_at=_round_up(timezone.now() + TIME_TO_WRITE),
        sentences=(*_sentences(case, flags), *_not_known(case)),
        ask_text=_ask(case),
        slate=(),
        languages=tuple(case.languages) or ("en",),
        place=case.place,
        topics=(*case.lines, *dict.fromkeys(flag.trigger for flag in flags), *case.countries),
    )


def _flags(case: Flashpoint) -> list[Flag]:
    rows = flags_of(case.story_id).filter(is_copy=False).select_related("article").defer("vector")
    return list(rows.order_by("published_at", "pk"))


def _sentences(case: Flashpoint, flags: list[Flag]) -> list[BriefSentence]:
    readable = [flag for flag in flags if flag.language in {get_language() or "en", "en"}]
    chosen = _one_per_owner(readable or flags)
    if readable:  # few owners write in it: let them tell more
        more = [flag for flag in readable if flag not in chosen]
        chosen += more[: max(0, ENOUGH_SENTENCES - len(chosen))]
        chosen.sort(key=_known_first)
    if not chosen:
        return [BriefSentence(text=_sentence(case.headline))]
    return [_from(flag) for flag in chosen[:MOST_SENTENCES]]


def _one_per_owner(flags: list[Flag]) -> list[Flag]:
    """The strongest article of each owner; known owners first, then by time."""
    best: dict[str, Flag] = {}
    for flag in flags:
        standing = best.get(flag.owner)
        if standing is None or flag.score > standing.score:
            best[flag.owner] = flag
    return sorted(best.values(), key=_known_first)


def _known_first(flag: Flag) -> tuple[bool, datetime]:
    return not flag.owner, flag.published_at


def _from(flag: Flag) -> BriefSentence:
    return BriefSentence(
        text=_sentence(flag.article.title),
        source_article=flag.article_id,
        source_title=flag.article.title,
        source_url=flag.article.url,
        source_outlet=flag.outlet,
        source_language=flag.language,
        source_at=flag.published_at,
    )


def _not_known(case: Flashpoint) -> list[BriefSentence]:
    found = []
    if case.voices < 2:
        found.append(_("So far we know of one source; nobody independent of it has confirmed it."))
    found.append(_("Not known yet: what led to it, and how those concerned see it."))
    return [BriefSentence(text=words) for words in found]


def _ask(case: Flashpoint) -> str:
    where = case.place or case.country
    return _(
        "About 700 words on what happened in %(place)s: what readers elsewhere should understand, "
        "what divides, and what could help people there live with each other."
    ) % {"place": where}


def _sentence(headline: str) -> str:
    """A headline with a full stop, unless its own script or an own mark already ends it."""
    text = headline.strip()
    return text if not text or text[-1] in '.!?…。！？؟।»”"' else f"{text}."


def _round_up(at: datetime) -> datetime:
    """To the next half hour."""
    floor = at.replace(minute=0 if at.minute < 30 else 30, second=0, microsecond=0)
    return floor + timedelta(minutes=30)
