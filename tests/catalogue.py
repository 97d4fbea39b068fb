"""A small catalogue of translations, made on the spot."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo


def compiled(folder: Path, language: str, words: dict[str, str]) -> Path:
    """Writes LANGUAGE/LC_MESSAGES/django.mo under the folder and returns the folder, for
    settings.LOCALE_PATHS (setting that forgets what was loaded before)."""
    catalog = Catalog(locale=language)
    for said, meant in words.items():
        catalog.add(said, meant)
    place = folder / language / "LC_MESSAGES"
    place.mkdir(parents=True)
    body = BytesIO()
    write_mo(body, catalog)
    (place / "django.mo").write_bytes(body.getvalue())
    return folder
