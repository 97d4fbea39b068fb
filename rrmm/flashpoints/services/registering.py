"""Model files: taking one in as a challenger, after reading it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from models import artifacts
from models.artifacts import UnreadableModel
from rrmm.flashpoints.models import ModelBytes, ModelFile
from rrmm.flashpoints.queries.modelfiles import digest_of
from rrmm.flashpoints.services.promoting import Refused
from streams.plain import storable
from streams.trail import note

LARGEST = 30 * 1024 * 1024
"""Bytes of a model file at most."""


def register(path: Path, made_from: Mapping[str, Any] | None = None) -> ModelFile:
    """Take a model file in as a challenger; the one that is here where it was taken in before.

    Reads and checks it before anything is written. Raises Refused.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(
            _("%(path)s cannot be read: %(error)s") % {"path": path, "error": error.strerror}
        ) from error
    if len(content) > LARGEST:
        raise Refused(
            _("%(path)s has %(size).0f MB; a model file may have 30.")
            % {"path": path, "size": len(content) / 2**20}
        )
    digest = digest_of(content)
    if known := ModelFile.objects.filter(digest=digest).first():
        ModelBytes.objects.get_or_create(model=known, defaults={"content": content})
        return known
    try:
        weights = artifacts.load(path)
    except UnreadableModel as error:
        raise Refused(str(error)) from error
    with transaction.atomic():
        model, made = ModelFile.objects.get_or_create(
            digest=digest,
            defaults={
                "version": storable(weights.version, 120),
                "path": storable(str(path.resolve()), 500),
                "size": len(content),
                "encoder": storable(weights.encoder, 120),
                "made_at": timezone.now(),
                "made_from": dict(made_from or {}),
                "report": weights.metrics.get("report") or {},
            },
        )
        if made:
            ModelBytes.objects.create(model=model, content=content)
            note("machine", "model.taken_in", model.pk, version=model.version)
    return model
