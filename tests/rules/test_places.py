"""Countries and cities that a text names, and the one where it happens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.place_names import key
from models.places import GAZETTEER, Gazetteer
from models.values import PlaceFound

SCENES = [
    ("en", "Chapel set alight in Lyon, Polish minister reacts", "FR", "Lyon"),
    ("en", "Pakistan condemns attack on worshippers in Christchurch, New Zealand", "NZ", None),
    ("en", "LAGOS: Herders and farmers clash, twelve dead", "NG", "Lagos"),
    ("en", "French court upholds ban on face veils", "FR", "France"),
    ("fr", "Une mosquée incendiée à Nîmes, le ministre réagit à Paris", "FR", "Nîmes"),
    ("fr", "Heurts entre éleveurs et agriculteurs au Tchad", "TD", "Chad"),
    ("es", "Ataque a una sinagoga en Buenos Aires", "AR", "Buenos Aires"),
    ("es", "Protesta de inmigrantes marroquíes en Alemania", "DE", "Germany"),
    ("ar", "هجوم على مصلين في كراتشي بباكستان", "PK", "Karachi"),
    ("ar", "احتجاجات بالقاهرة ضد القانون", "EG", "Cairo"),
    ("ru", "В Екатеринбурге задержаны участники митинга", "RU", "Yekaterinburg"),
    ("ru", "Столкновения на границе Киргизии", "KG", "Kyrgyzstan"),
    ("zh", "印度新德里爆发宗教骚乱", "IN", "New Delhi"),
    ("zh", "法国议会讨论头巾法案", "FR", "France"),
    ("pt", "Terreiro é atacado em Belo Horizonte", "BR", "Belo Horizonte"),
    ("pt", "Confrontos em Moçambique deixam feridos", "MZ", "Mozambique"),
    ("de", "Anschlag auf Synagoge in Straßburg", "FR", "Strasbourg"),
    ("de", "Proteste gegen Moscheebau in Österreich", "AT", "Austria"),
    ("tr", "Almanya'nın Köln kentinde camiye saldırı", "DE", "Köln"),
    ("tr", "Fransa'da başörtüsü yasağı tartışması", "FR", "France"),
    ("fa", "حمله به مسجد شیعیان در افغانستان", "AF", "Afghanistan"),
    ("fa", "تجمع اعتراضی در لندن", "GB", "London"),
    ("hi", "उत्तर प्रदेश में मंदिर विवाद पर तनाव", "IN", "Uttar Pradesh"),
    ("hi", "बांग्लादेश में हिंदू परिवारों पर हमला", "BD", "Bangladesh"),
    ("id", "Gereja di Surabaya dilempari batu", "ID", "Surabaya"),
    ("id", "Warga Rohingya ditolak di Aceh", "ID", "Aceh"),
]
# Invented headlines: one kind of mistake each.
CUES = [
    ("de", "AfD fordert Kopftuchverbot, CDU warnt", "DE"),
    ("de", "Bundestag streitet über Abschiebungen", "DE"),
    ("en", "Tories accuse Home Secretary over asylum hotels", "GB"),
    ("en", "ICE raids meat plants, workers flee", "US"),
    ("en", "US judge halts deportations", "US"),
    ("en", "UK marchers clash over hotel", "GB"),
    ("fr", "Le Rassemblement national veut interdire le voile", "FR"),
    ("es", "El PSOE y el PP discuten sobre los menas", "ES"),
    ("pt", "Funai critica invasão de aldeia", "BR"),
    ("pt", "PM prende suspeitos de atacar terreiro no RJ", "BR"),
    ("tr", "TBMM'de anadilde savunma tartışması", "TR"),
    ("ru", "Госдума обсудила законопроект о мигрантах", "RU"),
    ("ar", "مستوطنون يحرقون منزلا في الضفة الغربية", "PS"),
    ("zh", "统战部谈达赖问题", "CN"),
    ("hi", "भाजपा विधायक के बयान पर विवाद", "IN"),
    ("id", "MUI dan PBNU minta warga tenang", "ID"),
]
ACTORS = [
    ("en", "Pakistan condemns Quran burning in Sweden", "SE"),
    ("en", "Indian student killed in Canada", "CA"),
    ("en", "Ghana evacuates citizens from South Africa after xenophobic attacks", "ZA"),
    ("en", "Israeli forces kill Palestinian teenager near Nablus", "PS"),
    ("en", "Turkish minister denounces mosque fire in Germany", "DE"),
    ("de", "Türkei verurteilt Brandanschlag auf Moschee in Köln", "DE"),
    ("fr", "L'Algérie condamne l'incendie d'une mosquée à Lyon", "FR"),
    ("ar", "مصر تدين حرق المصحف في السويد", "SE"),
    ("zh", "土耳其谴责在瑞典焚烧古兰经", "SE"),
    ("fa", "ترکیه آتش زدن قرآن در سوئد را محکوم کرد", "SE"),
    ("hi", "पाकिस्तान ने स्वीडन में कुरान जलाने की निंदा की", "SE"),
    ("id", "Turki kecam pembakaran Alquran di Swedia", "SE"),
    ("ru", "Турция осудила сожжение Корана в Швеции", "SE"),
    ("tr", "Pakistan, İsveç'te Kuran yakılmasını kınadı", "SE"),
    ("es", "Turquía condena la quema del Corán en Suecia", "SE"),
    ("pt", "Turquia condena queima do Alcorão na Suécia", "SE"),
]
NAMESAKES = [
    ("en", "Police in Birmingham, Alabama, guard synagogue", "US"),
    ("en", "Police in Birmingham guard mosque", "GB"),
    ("es", "Tensión en Valencia por la mezquita", "ES"),
    ("fr", "Une mosquée taguée à Laval", "FR"),
    ("en", "Riots in Niger after the vote", "NE"),
    ("en", "Riots in Nigeria after the vote", "NG"),
    ("en", "Trump visits Georgia after shooting in Atlanta", "US"),
    ("en", "Church burnt in Tbilisi, Georgia", "GE"),
    ("en", "Suicide bombing at mosque in Iraq", "IQ"),
    ("en", "White House defends travel ban", "US"),
    ("ar", "قوات امن تفرق مسيرة في تونس يوم الخميس", "TN"),
]


def find(text: str, language: str = "") -> tuple[PlaceFound, ...]:
    return Gazetteer.load().find(text, language)


def main(text: str, language: str = "") -> PlaceFound | None:
    return next((place for place in find(text, language) if place.main), None)


@pytest.mark.parametrize(("language", "text", "country", "name"), SCENES)
def test_the_scene_is_found_in_twelve_languages(
    language: str, text: str, country: str, name: str | None
) -> None:
    place = main(text, language)
    assert place is not None
    assert place.country == country
    assert name in (None, place.name)


@pytest.mark.parametrize(("language", "text", "country"), [*CUES, *ACTORS, *NAMESAKES])
def test_the_country_is_told_by_what_implies_it_and_not_by_who_reacts(
    language: str, text: str, country: str
) -> None:
    place = main(text, language)
    assert place is not None
    assert (place.country, place.weak) == (country, False)


def test_a_short_word_means_a_country_in_its_own_language_only() -> None:
    assert find("The PM meets the press at 10 AM", "en") == ()


@pytest.mark.parametrize("language", ["en", "ar", "es", ""])
def test_nothing_is_guessed_where_a_language_has_many_homes(language: str) -> None:
    assert find("12 / 24", language) == find("xyzzy", language) == ()


def test_figures_alone_are_no_text_of_a_language() -> None:
    assert find("12 / 24", "de") == ()


def test_a_text_that_tells_nothing_gets_the_home_of_its_language_as_weak() -> None:
    assert find("Streit um Kopftuch an Schule", "de") == (
        PlaceFound("DE", "Germany", True, weak=True),
    )
    assert not any(place.weak for place in find("Streit um Kopftuch in Wien", "de"))


@pytest.mark.parametrize(
    "text",
    [
        "Have a nice day, the reading list of the mobile age",
        "How to roast a turkey without it going dry",
        "The bath was cold and the cork was in the bottle",
        "Chad Wilson signs a new contract",
        "Nice weather expected on Sunday",
        "",
    ],
)
def test_words_that_are_no_places_here_are_left_alone(text: str) -> None:
    assert find(text, "en") == ()


def test_a_word_that_may_be_a_name_becomes_one_after_in() -> None:
    assert main("A truck drove into the crowd in Nice", "en") == PlaceFound("FR", "Nice", True)


def test_a_surname_is_not_a_city() -> None:
    assert main("Senator Marcus Paris resigns in Canada", "en") == PlaceFound("CA", "Canada", True)


def test_a_place_inside_another_word_is_not_found() -> None:
    assert find("Romanesque womanhood, malice and iranology", "en") == ()


def test_the_headline_outweighs_the_summary() -> None:
    text = "Riots in Leicester — Officials in New Delhi, Islamabad and Paris took note"
    place = main(text, "en")
    assert place is not None
    assert (place.country, place.name) == ("GB", "Leicester")


def test_every_place_comes_once_and_one_is_main() -> None:
    found = find("Paris, Paris and again Paris, in France — Paris", "fr")
    assert [place.name for place in found] == ["Paris", "France"]
    assert [place.main for place in found] == [True, False]


def test_russian_case_endings_do_not_hide_a_name() -> None:
    assert key("Москве") == key("Москвы") == key("Москва")


def test_the_gazetteer_stays_under_five_megabytes() -> None:
    assert GAZETTEER.stat().st_size < 5_000_000


@settings(deadline=None)
@given(st.text(max_size=600), st.sampled_from(["", "en", "tr", "zh"]))
def test_no_text_breaks_it(text: str, language: str) -> None:
    found = find(text, language)
    assert sum(place.main for place in found) == bool(found)
    assert len(found) <= 8
