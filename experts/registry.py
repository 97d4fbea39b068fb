"""The doors to the registry: import, pause, networks, views of what is shielded, the demo."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from experts.importing.export import refused_csv
from experts.importing.rows import Plan, Row, planned
from experts.importing.sheet import Sheet, opened
from experts.models import (
    NOTHING,
    Community,
    Consent,
    Contact,
    Edition,
    Expert,
    ImportFile,
    Network,
)
from experts.queries.profiles import rows
from streams.trail import MACHINE, note, staff

NETWORKS = {
    "global": gettext_lazy("Global Expert Finder"),
    "euro-mediterranean": gettext_lazy("Euro-Mediterranean network"),
    "opinion-leaders": gettext_lazy("Opinion leaders"),
    "ambassadors": gettext_lazy("Ambassadors"),
    "focal-points": gettext_lazy("Focal points"),
}
LONGEST_PAUSE = timedelta(days=730)
KEPT = timedelta(days=1)
"""How long an uploaded list waits for its import."""
BATCH = 500
DEMO_FILE = Path(__file__).parent / "data" / "demo_experts.csv"
PROFILE = (
    "name", "title", "affiliation", "country", "languages", "regions", "fault_lines", "gender",
    "bio", "media_experience", "timezone", "do_not_ask",
)  # fmt: skip
Progress = Callable[[int, int], None]


class Conflict(Exception):
    """What was asked for cannot be done as things stand; the message is for people."""


def keep_file(name: str, body: bytes, by: int) -> UUID:
    """Keeps an uploaded list until it is imported, at most a day. Raises `sheet.Unreadable`."""
    opened(body)
    forget_old_lists()
    return ImportFile.objects.create(name=name[:200], body=body, staff=staff(by)).pk


def forget_old_lists() -> int:
    """Deletes lists that nobody imported within a day; returns how many."""
    return ImportFile.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def kept_file(upload: UUID) -> ImportFile:
    """An uploaded list that waits; raises Conflict where it does not wait any more."""
    found = ImportFile.objects.filter(pk=upload, at__gt=timezone.now() - KEPT).first()
    if found is None:
        raise Conflict(_("This list is not here any more. Upload it again."))
    return found


def drop_file(upload: UUID) -> None:
    """Forgets an uploaded list, imported or not."""
    ImportFile.objects.filter(pk=upload).delete()


def dry_run(body: bytes, now: datetime) -> Plan:
    """What importing a list would do; changes nothing. Raises `sheet.Unreadable`."""
    sheet = opened(body)
    return planned(sheet, _compared(sheet), now)


def import_list(
    body: bytes, actor: str, *, demo: bool = False, progress: Progress | None = None
) -> Plan:
    """Imports all good lines of a list; returns what was done. Compares anew with the registry as
    it is now. Writes in short transactions, so that nobody waits for a long list: after a crash
    the same list, imported again, brings the rest. progress: called with (lines done, of)."""
    sheet = opened(body)
    plan = planned(sheet, _compared(sheet), timezone.now())
    todo = [*plan.new, *plan.changed]
    for start in range(0, len(todo), BATCH):
        with transaction.atomic():
            _turn_page()
            _write([p.row for p in todo[start : start + BATCH]], demo=demo)
        if progress:
            progress(min(start + BATCH, len(todo)), len(todo))
    if todo:
        counts = {name: len(getattr(plan, name)) for name in ("new", "changed", "refused")}
        with transaction.atomic():
            note(actor, "experts.imported", "registry", demo=demo, **counts)
    return plan


def import_kept(upload: UUID, by: int) -> Plan:
    """Imports a list that waits. What was refused goes on waiting, as a list of its own."""
    waiting = kept_file(upload)
    plan = import_list(bytes(waiting.body), staff(by))
    if plan.refused:
        waiting.body = refused_csv(plan, gettext)
        waiting.save(update_fields=["body"])
    else:
        waiting.delete()
    return plan


@transaction.atomic
def pause(expert: UUID, until: datetime, by: int) -> None:
    """Nobody asks this person before `until` (aware). Raises Conflict for a moment that is over
    or more than two years away."""
    now = timezone.now()
    if not now < until <= now + LONGEST_PAUSE:
        raise Conflict(_("Choose a day after today, at most two years ahead."))
    _turn_page()
    person = Expert.objects.select_for_update().get(pk=expert)
    person.paused_until = until
    person.save(update_fields=["paused_until", "changed_at"])
    note(staff(by), "expert.paused", expert, demo=person.demo, until=until.isoformat())


@transaction.atomic
def unpause(expert: UUID, by: int) -> None:
    """This person may be asked again."""
    _turn_page()
    person = Expert.objects.select_for_update().get(pk=expert)
    person.paused_until = None
    person.save(update_fields=["paused_until", "changed_at"])
    note(staff(by), "expert.unpaused", expert, demo=person.demo)


@transaction.atomic
def set_active(expert: UUID, active: bool, by: int) -> None:
    """Takes a person out of the registry's working part, or back in."""
    _turn_page()
    person = Expert.objects.select_for_update().get(pk=expert)
    person.active = active
    person.save(update_fields=["active", "changed_at"])
    did = "expert.activated" if active else "expert.deactivated"
    note(staff(by), did, expert, demo=person.demo)


@transaction.atomic
def ask_again(expert: UUID, by: int) -> None:
    """A person who had refused everything told the desk that they may be asked again."""
    _turn_page()
    person = Expert.objects.select_for_update().get(pk=expert)
    person.do_not_ask = [topic for topic in person.do_not_ask if topic != NOTHING]
    person.save(update_fields=["do_not_ask", "changed_at"])
    note(staff(by), "expert.asks_again", expert, demo=person.demo)


@transaction.atomic
def set_networks(expert: UUID, codes: Iterable[str], by: int) -> None:
    """The circles a person belongs to; codes of NETWORKS, others raise Conflict."""
    wanted = sorted(set(codes))
    if unknown := [code for code in wanted if code not in NETWORKS]:
        raise Conflict(_("There is no network %(code)s.") % {"code": unknown[0]})
    person = Expert.objects.select_for_update().get(pk=expert)
    person.networks.set([Network.objects.get_or_create(code=code)[0] for code in wanted])
    note(staff(by), "expert.networks_set", expert, demo=person.demo, networks=wanted)


@transaction.atomic
def reveal_address(expert: UUID, by: int) -> str:
    """The full address; the view is noted. "" where there is none."""
    found = Contact.objects.filter(expert=expert).select_related("expert").first()
    if found is None or not found.email:
        return ""
    note(staff(by), "contact.viewed", expert, demo=found.expert.demo)
    return found.email


@transaction.atomic
def reveal_communities(expert: UUID, by: int) -> list[str]:
    """The communities that a person named; the view is noted."""
    person = Expert.objects.get(pk=expert)
    note(staff(by), "communities.viewed", expert, demo=person.demo)
    return [community.name for community in person.communities.all()]


@transaction.atomic
def note_export(by: int, *, shielded: Iterable[str], how_many: int) -> None:
    """A list left the registry: who took it, how long it is, and which shielded columns it has."""
    note(staff(by), "experts.exported", "registry", shielded=sorted(shielded), people=how_many)


def load_demo() -> dict[str, int]:
    """The demo network: invented people, marked. Idempotent; returns counts by name."""
    plan = import_list(DEMO_FILE.read_bytes(), MACHINE, demo=True)
    if plan.refused:
        told = "; ".join(f"{bad.line.number}: {bad.problems[0].wrong()}" for bad in plan.refused)
        raise AssertionError(f"the demo network does not import: {told}")
    return {"new": len(plan.new), "changed": len(plan.changed), "unchanged": len(plan.unchanged)}


@transaction.atomic
def remove_demo() -> dict[str, int]:
    """Deletes the invented people, with what hangs on them; returns counts by name."""
    _turn_page()
    people = Expert.objects.filter(demo=True)
    count = len(people.select_for_update().order_by("pk").values_list("pk"))
    people.delete()
    return {"experts": count}


def _turn_page() -> None:
    """Raises the registry's edition; its row is what changes of the registry wait for."""
    Edition.objects.get_or_create(pk=1)
    Edition.objects.filter(pk=1).update(number=F("number") + 1)


def _compared(sheet: Sheet) -> dict[str, Row]:
    """The people whom a list speaks of; a long list is compared with everybody at once."""
    named = {line.cells.get("id", "") for line in sheet.lines}
    return rows() if len(named) > BATCH else rows(named)


def _write(people: list[Row], *, demo: bool) -> None:
    """Rows and what is kept apart from them, in a handful of statements."""
    held = Expert.objects.in_bulk([row.id for row in people], field_name="ref")
    made = [_filled(held.get(row.id) or Expert(ref=row.id, demo=demo), row) for row in people]
    now = timezone.now()
    for expert in made:
        expert.changed_at = now
    Expert.objects.bulk_create([e for e in made if e.ref not in held])
    Expert.objects.bulk_update([e for e in made if e.ref in held], [*PROFILE, "changed_at"])
    pairs = list(zip(made, people, strict=True))
    _write_contacts(pairs)
    _write_consents(pairs)
    Community.objects.filter(expert__in=[e for e in made if e.ref in held]).delete()
    named = [Community(expert=e, name=name) for e, row in pairs for name in row.communities]
    Community.objects.bulk_create(named)


def _filled(expert: Expert, row: Row) -> Expert:
    for name in PROFILE:
        value = getattr(row, name)
        setattr(expert, name, list(value) if isinstance(value, tuple) else value)
    return expert


def _write_contacts(pairs: list[tuple[Expert, Row]]) -> None:
    Contact.objects.filter(expert__in=[e for e, row in pairs if not row.email]).delete()
    Contact.objects.bulk_create(
        [Contact(expert=e, email=row.email) for e, row in pairs if row.email],
        update_conflicts=True,
        unique_fields=["expert"],
        update_fields=["email"],
    )


def _write_consents(pairs: list[tuple[Expert, Row]]) -> None:
    said = [(e, row) for e, row in pairs if row.consented_at or row.consent_source]
    without = [e for e, row in pairs if not (row.consented_at or row.consent_source)]
    Consent.objects.filter(expert__in=without).delete()
    Consent.objects.bulk_create(
        [Consent(expert=e, at=row.consented_at, source=row.consent_source) for e, row in said],
        update_conflicts=True,
        unique_fields=["expert"],
        update_fields=["at", "source"],
    )
