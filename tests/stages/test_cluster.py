"""The vectors that the clusterer reads from the rows."""

from collections.abc import Iterator
from uuid import UUID

import numpy as np
import pytest

from models.encoder import DEFAULT, packed
from rrmm.flashpoints.models import Flag, Story
from rrmm.flashpoints.stages import cluster
from tests.builders import drain
from tests.watching import flagged

pytestmark = pytest.mark.django_db(transaction=True)
FRENCH = "Incendie criminel dans un lieu de culte"


@pytest.fixture(autouse=True)
def _fresh_memory() -> Iterator[None]:
    cluster.forget()
    yield
    cluster.forget()


def told(title: str, language: str, encoder: str = DEFAULT) -> UUID:
    """A flagged article without a place, with the vector of one event, as `encoder` told it."""
    article = flagged(title, language=language, places=(), lines=(), trigger="other")
    vector = np.zeros(512, np.float32)
    vector[7] = 1.0
    Flag.objects.filter(article_id=article).update(vector=packed(vector), encoder=encoder)
    return article


def test_a_report_in_another_language_is_found_by_its_vector() -> None:
    told("Prayer room burns in harbour town", "en")
    told(FRENCH, "fr")
    drain(["cluster"])
    assert Story.objects.get().articles == 2


def test_vectors_are_read_again_when_the_memory_is_lost() -> None:
    told("Prayer room burns in harbour town", "en")
    drain(["cluster"])
    cluster.forget()
    told(FRENCH, "fr")
    drain(["cluster"])
    assert Story.objects.get().articles == 2


@pytest.mark.parametrize("other", ["", "sentence-transformers:invented"])
def test_vectors_of_another_encoder_are_passed_over(other: str) -> None:
    told("Prayer room burns in harbour town", "en", other)
    cluster.forget()
    told(FRENCH, "fr")
    drain(["cluster"])
    assert Story.objects.count() == 2


def test_a_language_that_the_encoder_does_not_know_is_told_by_its_words() -> None:
    told("Prayer room burns in harbour town", "en")
    told("Kebakaran di rumah ibadah", "id")
    drain(["cluster"])
    assert Story.objects.count() == 2
