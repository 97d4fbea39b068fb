"""What is measured: sources, delays, dead letters, drops, mail, the machine. Nothing else."""

import json
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from rrmm import demo
from rrmm.web import blind, words
from rrmm.web.staff import broker, feeds, machine, strip
from rrmm.web.staff.asking import staff
from streams import queries as flow
from streams import services, tally, trail
from streams.mail import queries as mail

GOAL = 5.0
"""Seconds that the oldest open event of a stage may be old."""
DEAD_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Lag:
    """One stage as a line. `age` is that of the oldest open event in seconds, 0 for none;
    `unread` the messages that wait in each of its partitions (empty without Kafka)."""

    name: str
    stage: flow.StageLag
    age: float
    unread: list[int] = field(default_factory=list)

    @property
    def slow(self) -> bool:
        return self.age > GOAL


def _lags(stages: list[flow.StageLag], unread: dict[str, list[int]]) -> list[Lag]:
    """Every stage in flow order."""
    now = timezone.now()
    return [
        Lag(
            name=words.stage(found.name),
            stage=found,
            age=max(0.0, (now - found.oldest_at).total_seconds()) if found.oldest_at else 0.0,
            unread=unread.get(found.name, []),
        )
        for found in stages
    ]


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter with its event, readable."""

    letter: flow.DeadLetter
    stage: str
    event: str


def _letters() -> list[Letter]:
    return [
        Letter(
            found,
            words.stage(found.stage),
            json.dumps(found.payload, indent=2, ensure_ascii=False, sort_keys=True),
        )
        for found in flow.dead_letters(DEAD_SHOWN)
    ]


def _flow_part() -> dict[str, object]:
    stages, kinds = flow.stage_lags(), flow.kinds()
    kafka = broker.read(stages, kinds)
    return {
        "lags": _lags(stages, kafka.strips if kafka else {}),
        "goal": GOAL,
        "kafka": kafka,
        "open": sum(stage.waiting + stage.retrying for stage in stages),
        "working": any(kind.alive for kind in kinds if kind.name == "work"),
        "processes": flow.processes(),
        "jobs": flow.clock_jobs(),
        "now": timezone.now(),
        "outbox": mail.outbox(),
    }


def _dead_part() -> dict[str, object]:
    letters = _letters()
    return {
        "letters": letters,
        "buried": flow.buried_count(),
        "seen": ".".join(str(found.letter.id) for found in letters[:5]) or "none",
    }


def _counts() -> list[tuple[str, str, int, int]]:
    """Every count as (part, name, today, in all), by part and name."""
    today, in_all = tally.of_day(), tally.total()
    rows = []
    for name in sorted(in_all):
        part, _dot, what = name.partition(".")
        rows.append(
            (part, what.replace("_", " ").replace(".", ": "), today.get(name, 0), in_all[name])
        )
    return rows


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    found = feeds.part(request)
    context = {
        **_flow_part(),
        **_dead_part(),
        **found,
        "watch_total": found["health"].feeds - found["health"].off,
        "counts": _counts(),
        "machine": machine.facts(),
        "demo": demo.counts(),
        "blind_line": blind.in_a_line(blind.read()),
    }
    return render(request, "staff/health.html", context)


@require_GET
def flow_part(request: HttpRequest) -> HttpResponse:
    """Delays and processes, for the page that stands."""
    return render(request, "staff/_flow.html", _flow_part())


@require_GET
def dead_part(request: HttpRequest) -> HttpResponse:
    """Dead letters; 204 while they are those that the page has (nothing closes under a reader)."""
    context = _dead_part()
    if request.GET.get("seen") == f"{context['seen']}-{context['buried']}":
        return HttpResponse(status=204)
    return render(request, "staff/_dead.html", context)


@require_POST
def replay(request: HttpRequest, letter: int) -> HttpResponse:
    """Puts one dead letter back in line."""
    if services.replay_dead(letter, trail.staff(staff(request).pk)):
        messages.success(request, _("The event is back in line."))
    else:
        messages.warning(request, _("Somebody had already taken this letter out."))
    return _back()


@require_POST
def replay_all(request: HttpRequest) -> HttpResponse:
    """Puts all dead letters back in line, the oldest first."""
    actor = trail.staff(staff(request).pk)
    letters = reversed(flow.dead_letters(1000))
    done = sum(services.replay_dead(found.id, actor) for found in letters)
    said = ngettext("%(n)s event is back in line.", "%(n)s events are back in line.", done)
    messages.success(request, said % {"n": done})
    return _back()


@require_POST
def discard(request: HttpRequest, letter: int) -> HttpResponse:
    """Takes one dead letter off the list for good."""
    if services.discard_dead(letter, trail.staff(staff(request).pk)):
        messages.success(request, _("The letter is off the list. Its event stays in the log."))
    return _back()


@require_POST
def remove_demo(request: HttpRequest) -> HttpResponse:
    """Takes the whole demonstration away."""
    gone = demo.remove(trail.staff(staff(request).pk))
    said = _("The demo is removed: %(experts)s experts, %(cases)s cases, %(articles)s articles.")
    messages.success(
        request,
        said
        % {
            "experts": gone.get("experts", 0),
            "cases": gone.get("flashpoints", 0),
            "articles": gone.get("articles", 0),
        },
    )
    return _back()


def _back() -> HttpResponse:
    strip.forget()
    return redirect("staff:health")
