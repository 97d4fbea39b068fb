"""The standing cast: invented people whom tests know by name. None of them exists.

Staff: tamar (runs the team), idris (on the desk), and gast, who has an account and may never see
anything. Experts: ottavia, leila and benno can be asked; corrado gave no address, nouran no
consent, paused_pia is paused, silent_sven wants to be asked nothing at all.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from experts.models import Community, Consent, Contact, Expert

CONSENTED_AT = datetime(2026, 1, 15, tzinfo=UTC)
PASSWORD = "a long phrase that nobody uses"
_STAFF: dict[str, dict[str, Any]] = {
    "tamar": {"first_name": "Tamar", "last_name": "Olin", "is_superuser": True, "is_staff": True},
    "idris": {"first_name": "Idris", "last_name": "Kovar", "is_staff": True},
    "gast": {"first_name": "Gast", "last_name": "Niemand", "is_staff": False},
}
_EXPERTS: dict[str, dict[str, Any]] = {
    "ottavia": {
        "name": "Ottavia Brenzon", "title": "sociologist", "affiliation": "Istituto del Porto",
        "country": "IT", "languages": ["it", "en"], "regions": ["southern-europe"],
        "fault_lines": ["migration", "religion"], "gender": "woman", "timezone": "Europe/Rome",
        "bio": "Writes on harbour quarters, prayer rooms and newcomers.",
        "communities": ["harbour families"],
    },
    "leila": {
        "name": "Leïla Mansoury", "title": "jurist", "affiliation": "Cercle du Golfe, Tunis",
        "country": "TN", "languages": ["ar", "fr", "it"], "regions": ["north-africa", "IT"],
        "fault_lines": ["migration"], "gender": "woman", "timezone": "Africa/Tunis",
        "bio": "Law of asylum; migrants from south of the Sahara in Sfax.",
        "communities": ["newcomers"],
    },
    "benno": {
        "name": "Benno Aumann", "title": "mediator", "affiliation": "Rat der Religionen",
        "country": "IT", "languages": ["de", "it", "en"], "regions": ["western-europe"],
        "fault_lines": ["religion", "ethnicity"], "gender": "man", "timezone": "Europe/Rome",
        "bio": "Mediates over mosques, minarets and processions.", "communities": [],
    },
    "corrado": {
        "name": "Corrado Vell", "title": "columnist", "affiliation": "La Banchina",
        "country": "IT", "languages": ["it"], "regions": [], "fault_lines": ["migration"],
        "gender": "man", "timezone": "Europe/Rome", "bio": "Old harbour, first person.",
        "communities": ["harbour families"], "email": "",
    },
    "nouran": {
        "name": "Nouran Sarwi", "title": "youth worker", "affiliation": "Dar al-Nahr, Amman",
        "country": "JO", "languages": ["ar", "en"], "regions": ["mashreq"],
        "fault_lines": ["migration"], "gender": "woman", "timezone": "Asia/Amman",
        "bio": "Works with refugees.", "communities": [], "consent": False,
    },
    "paused_pia": {
        "name": "Pia Pausini", "title": "historian", "affiliation": "Archivio Aperto",
        "country": "IT", "languages": ["it", "en"], "regions": ["southern-europe"],
        "fault_lines": ["religion", "culture"], "gender": "woman", "timezone": "Europe/Rome",
        "bio": "Mosques and churches in shared buildings.", "communities": [],
        "paused": timedelta(days=30),
    },
    "silent_sven": {
        "name": "Sven Stilling", "title": "pastor", "affiliation": "Åpen Dør, Bergen",
        "country": "NO", "languages": ["nb", "en"], "regions": ["northern-europe"],
        "fault_lines": ["religion"], "gender": "man", "timezone": "Europe/Oslo",
        "bio": "Parishes and mosques.", "communities": [], "do_not_ask": ["*"],
    },
}  # fmt: skip


def staff(name: str = "idris") -> User:
    """A member of staff (or gast, who is none), made once per test."""
    user, made = User.objects.get_or_create(username=f"{name}@desk.example", defaults=_STAFF[name])
    if made:
        user.email = user.username
        user.set_password(PASSWORD)
        user.save()
    return user


def expert(name: str, *, demo: bool = False) -> Expert:
    """An expert of the cast, made once per test, with address, consent and communities."""
    found = Expert.objects.filter(ref=name).first()
    return found or _made(name, dict(_EXPERTS[name]), demo)


def everybody(*, demo: bool = False) -> list[Expert]:
    """All experts of the cast."""
    return [expert(name, demo=demo) for name in _EXPERTS]


def _made(name: str, told: dict[str, Any], demo: bool) -> Expert:
    communities = told.pop("communities")
    email = told.pop("email", f"{name}@people.example")
    consent, paused = told.pop("consent", True), told.pop("paused", None)
    until = timezone.now() + paused if paused else None
    made = Expert.objects.create(ref=name, demo=demo, paused_until=until, **told)
    if email:
        Contact.objects.create(expert=made, email=email)
    if consent:
        Consent.objects.create(expert=made, at=CONSENTED_AT, source="signed form")
    Community.objects.bulk_create([Community(expert=made, name=c) for c in communities])
    return made
