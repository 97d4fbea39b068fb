"""What the matcher is given from models: places in texts. Loaded once per process."""

from functools import cache

from experts.matching.need import Finder
from models.places import Gazetteer


@cache
def finder() -> Finder:
    """Places that a text names, the scene first."""
    gazetteer = Gazetteer.load()

    def places(text: str) -> list[tuple[str, str]]:
        found = sorted(gazetteer.find(text), key=lambda place: not place.main)
        return [(place.country, place.name) for place in found]

    return places
