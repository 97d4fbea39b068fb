"""Who is found for a need, why, and how a slate is balanced. Pure: no database, no Django."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from experts.importing.outside import MalformedNeed, need_of, profiles_of
from experts.matching.names import FAULT_LINES, country_codes, folded, language_codes, region_codes
from experts.matching.need import understood
from experts.matching.rank import Index
from experts.matching.reasons import TEMPLATES, words
from experts.matching.slate import choose
from experts.matching.text import concepts, read
from experts.matching.values import Load, Match, Need, Now, Profile

DATA = Path(__file__).parent.parent / "data" / "matching"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TONGUES = {"en", "fr", "es", "ar", "ru", "zh", "pt", "de", "tr", "fa", "hi", "id", "it"}


@pytest.fixture(scope="module")
def index() -> Index:
    profiles, remarks = profiles_of((DATA / "experts.csv").read_bytes())
    assert remarks == []
    return Index(profiles)


def _profile(ident: str, **told: Any) -> Profile:
    base = Profile(id=ident, text="Mosques and churches.", country="TN", languages=("ar",))
    return replace(base, **{"fault_lines": ("religion",), **told})


def _ids(ranking: Iterable[Match]) -> list[str]:
    return [match.profile.id for match in ranking]


def _said(match: Match) -> list[str]:
    return [words(reason) for reason in match.reasons]


# --- reading ------------------------------------------------------------------------------------


def test_every_concept_has_words_in_all_our_languages() -> None:
    for name, tongues in concepts().items():
        assert set(tongues) - {"line"} >= TONGUES, name
        assert tongues.get("line", "religion") in FAULT_LINES


@pytest.mark.parametrize(
    ("text", "concept", "country"),
    [
        ("Tunisian mosque attacked", "worship_place", "TN"),
        ("الاعتداء على المهاجرين في تونس", "migrants", "TN"),
        ("Сожжение Корана в Швеции", "blasphemy", "SE"),
        ("Türkiye'de mültecilere saldırı", "refugees", "TR"),
        ("法国学校禁止头巾", "veil", "FR"),
        ("حمله به مهاجران افغان در ایران", "migrants", "IR"),
        ("भारत में मस्जिद पर विवाद", "worship_place", "IN"),
        ("Penolakan gereja di Indonesia", "christianity", "ID"),
        ("Ataques contra inmigrantes en España", "migrants", "ES"),
    ],
)
def test_concepts_and_countries_are_read_in_many_languages(
    text: str, concept: str, country: str
) -> None:
    reading = read(text)
    assert concept in reading.concepts
    assert country in reading.countries


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("She was born in Nigeria", "NE"),
        ("A malicious rumour, put together by romanticists", "ML"),
        ("La réunion du conseil", "RE"),
        ("Guinea-Bissau votes", "GN"),
        ("الأزمة المالية", "ML"),
    ],
)
def test_words_that_only_look_like_a_country_are_none(text: str, never: str) -> None:
    assert never not in read(text).countries


def test_names_of_languages_countries_and_regions_are_known_in_many_languages() -> None:
    assert {language_codes()[folded(n)] for n in ("Arabic", "arabe", "العربية", "AR")} == {"ar"}
    assert {country_codes()[folded(n)] for n in ("UK", "Royaume-Uni", "GB", "England")} == {"GB"}
    assert region_codes()[folded("Middle East")] == region_codes()[folded("الشرق الأوسط")]


# --- ranking ------------------------------------------------------------------------------------


def test_a_required_language_is_never_broken(index: Index) -> None:
    need = Need(text="Hindu-Muslim clashes in Uttar Pradesh", required=("tr",))
    ranking = index.rank(need, Now(NOON), most=50)
    assert ranking
    assert all("tr" in match.profile.languages for match in ranking)


def test_nobody_is_found_where_nobody_speaks_the_language(index: Index) -> None:
    assert index.rank(Need(text="mosque", required=("is",)), Now(NOON)) == []
    assert choose([], understood(Need(text="mosque"))) == []


def test_an_arabic_need_finds_a_profile_written_in_english() -> None:
    near = _profile("near", text="Writes on migrants from south of the Sahara and racism.")
    far = _profile("far", text="Writes on opera and wine.")
    ranking = Index([far, near]).rank(Need(text="اعتداءات عنصرية على المهاجرين"), Now(NOON))
    assert _ids(ranking)[0] == "near"


def test_who_refuses_the_main_line_is_not_proposed() -> None:
    people = [_profile("a", refuses=frozenset({"religion"})), _profile("b")]
    ranking = Index(people).rank(Need(text="mosque attacked", lines=("religion",)), Now(NOON))
    assert _ids(ranking) == ["b"]


def test_people_who_are_left_out_stay_out() -> None:
    people = [_profile("a"), _profile("b")]
    found = Index(people).rank(Need(text="mosque attacked"), Now(NOON), without={"a", "unknown"})
    assert _ids(found) == ["b"]


def test_of_two_alike_the_one_who_is_awake_comes_first() -> None:
    people = [
        _profile("asleep", timezone="Pacific/Auckland"),
        _profile("up", timezone="Africa/Tunis"),
    ]
    ranking = Index(people).rank(Need(text="mosque attacked in Tunisia"), Now(NOON))
    assert _ids(ranking) == ["up", "asleep"]
    assert "awake now, 13:00" in _said(ranking[0])
    assert "asleep now, 01:00" in _said(ranking[1])


def test_of_two_alike_the_one_who_was_asked_less_comes_first() -> None:
    people = [_profile("often"), _profile("rarely")]
    now = Now(NOON, {"often": Load(asks_30=2, asks_90=3, answered=1, over=3)})
    ranking = Index(people).rank(Need(text="mosque attacked"), now)
    assert _ids(ranking) == ["rarely", "often"]
    assert "not asked in 90 days" in _said(ranking[0])
    assert "asked 3 times in 90 days, 2 of them in the last 30" in _said(ranking[1])
    assert "answered 1 of the last 3 asks" in _said(ranking[1])


def test_who_lives_there_comes_before_who_only_lists_the_continent() -> None:
    people = [
        _profile("continent", country="KE", regions=("africa",)),
        _profile("there", country="TN"),
        _profile("nowhere", country="JP"),
    ]
    ranking = Index(people).rank(Need(text="Mosque attacked in Tunisia"), Now(NOON))
    assert _ids(ranking) == ["there", "continent", "nowhere"]


def test_reasons_are_words_that_can_be_checked() -> None:
    person = _profile("a", text="Mosques of Sfax.", timezone="Africa/Tunis")
    [match] = Index([person]).rank(
        Need(text="Mosque attacked in Tunisia", required=("ar",)), Now(NOON)
    )
    said = _said(match)
    assert "speaks Arabic" in said
    assert "works on religion in Tunisia" in said
    assert "lives in Tunisia" in said
    assert all(reason.code in TEMPLATES for reason in match.reasons)


def test_towns_and_peoples_that_need_and_profile_share_are_reasons() -> None:
    def finder(text: str) -> list[tuple[str, str]]:
        return [("TN", "Sfax"), ("TN", "Tunisia")] if "Sfax" in text else []

    near = _profile("near", text="Black Tunisians and their neighbours in Sfax.")
    far = _profile("far", text="Churches and mosques of the island.")
    need = Need(text="Sfax: attacks on Black residents")
    ranking = Index([far, near], finder).rank(need, Now(NOON))
    assert _ids(ranking)[0] == "near"
    assert {"profile names Sfax", "profile speaks of Black"} <= set(_said(ranking[0]))
    assert "profile names Sfax" not in _said(ranking[1])


def test_a_country_is_claimed_for_nobody_who_only_lists_a_large_region() -> None:
    [match] = Index([_profile("a", country="IN", regions=("south-asia",))]).rank(
        Need(text="Mosque attacked in Bangladesh"), Now(NOON)
    )
    assert "works on religion" in _said(match)
    assert not any("Bangladesh" in reason for reason in _said(match) if "works" in reason)


@pytest.mark.parametrize(
    ("need", "profile"),
    [
        ("جڑانوالہ میں گرجا گھر نذر آتش", "Defends churches after arson."),
        ("মন্দিরে হামলা", "Attacks on temples."),
        ("Kanisa lachomwa moto", "Church arson and its survivors."),
        ("פליטים גורשו", "Deportation of refugees."),
        ("Біженців депортовано", "Deportation of refugees."),
        ("मस्जिद के पास जुलूस पर पथराव", "Processions past mosques, stone throwing."),
    ],
)
def test_languages_that_the_encoder_does_not_know_are_bridged_by_words(
    need: str, profile: str
) -> None:
    people = [
        _profile("far", text="Opera, wine and trains.", country="JP", fault_lines=()),
        _profile("near", text=profile, country="JP", fault_lines=()),
    ]
    assert _ids(Index(people).rank(Need(text=need), Now(NOON)))[0] == "near"


def test_a_headline_that_names_no_country_is_taken_for_one_from_home() -> None:
    people = [_profile("abroad", country="JP"), _profile("home", country="FR")]
    need = Need(text="Un proviseur interdit l'abaya, les parents protestent devant le lycée")
    assert _ids(Index(people).rank(need, Now(NOON)))[0] == "home"


def test_a_region_is_read_where_no_country_is_named() -> None:
    assert understood(Need(text="Herders and farmers clash across the Sahel")).where == ("sahel",)
    assert understood(Need(text="A bull's horn")).where == ()


def test_a_need_without_words_is_ranked_by_its_codes() -> None:
    people = [_profile("other", country="JP", fault_lines=("culture",)), _profile("fits")]
    ranking = Index(people).rank(Need(text="", lines=("religion",), countries=("TN",)), Now(NOON))
    assert _ids(ranking) == ["fits", "other"]


def test_what_a_need_leaves_open_is_read_from_its_text() -> None:
    asked = understood(Need(text="Migrants attacked near a mosque in Tunisia"))
    assert asked.countries == ("TN",)
    assert set(asked.lines) == {"migration", "religion"}


def test_an_empty_registry_answers_with_nobody() -> None:
    assert Index([]).rank(Need(text="mosque"), Now(NOON)) == []


# --- outsiders' needs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"text": "x"}', "id is missing"),
        (b'{"id": "1"}', "text is missing"),
        (b'{"id": "1", "text": "x", "languages": 3}', "languages must be a list"),
        (b'{"id": "1", "text": "x", "languages": ["klingonish"]}', "not a language we know"),
        (b'{"id": "1", "text": "x", "regions": ["atlantis"]}', "not a region or country"),
        (b"\xff\xfe", "not JSON"),
    ],
)
def test_a_malformed_need_says_what_is_wrong(line: bytes, told: str) -> None:
    with pytest.raises(MalformedNeed, match=told):
        need_of(line)
