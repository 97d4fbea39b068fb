"""What pages and commands ask about flags, stories and cases."""

from rrmm.flashpoints.queries.case import ArticleLine, CaseView, OwnerGroup, article, case
from rrmm.flashpoints.queries.desk import DeskGroup, DeskRow, Filters, cases, counts, desk
from rrmm.flashpoints.queries.level import usual_level
from rrmm.flashpoints.queries.people import display_name
from rrmm.flashpoints.queries.plan import draft_plan
from rrmm.flashpoints.queries.rule import RuleLine
from rrmm.flashpoints.queries.search import Found, search
from rrmm.flashpoints.queries.telling import answers_still_worth_telling, still_worth_telling
from rrmm.flashpoints.queries.timeline import Hop, Timeline, TrailLine, case_timeline

__all__ = [
    "ArticleLine",
    "CaseView",
    "DeskGroup",
    "DeskRow",
    "Filters",
    "Found",
    "Hop",
    "OwnerGroup",
    "RuleLine",
    "Timeline",
    "TrailLine",
    "answers_still_worth_telling",
    "article",
    "case",
    "case_timeline",
    "cases",
    "counts",
    "desk",
    "display_name",
    "draft_plan",
    "search",
    "still_worth_telling",
    "usual_level",
]
