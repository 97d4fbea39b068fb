"""The model that this process works with: the promoted one, or the shipped one."""

import contextlib
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from models.artifacts import UnreadableModel
from models.flashpoint import Assessor
from rrmm.flashpoints.models import ModelBytes, ModelFile, ModelInUse, ModelState
from rrmm.flashpoints.queries.modelfiles import digest_of
from streams.heartbeat import here
from streams.plain import storable
from streams.retry import Transient

logger = logging.getLogger(__name__)

CHECK_EVERY = 3.0
"""Seconds between two looks at who is champion: how long a promotion takes to be everywhere."""
TRY_AGAIN = 30.0
"""Seconds after which a champion that could not be read is tried again."""
TELL_EVERY = 30.0
"""Seconds between two words of a worker on which model it uses."""
SHIPPED = ""
"""The digest that stands for the shipped model in `_Held` and `ModelInUse`."""


class Unreachable(Exception):
    """The champion's file can be had neither from the folder nor from the database."""


@dataclass(slots=True)
class _Held:
    """`wanted`: the champion's digest; `used`: that of `assessor`. They differ after trouble."""

    wanted: str = SHIPPED
    used: str = SHIPPED
    assessor: Assessor | None = None
    trouble: str = ""
    check_at: float = 0.0
    again_at: float = 0.0
    tell_at: float = 0.0


_held = _Held()


def assessor() -> Assessor:
    """The champion, loaded when it changes; asks the database every CHECK_EVERY seconds.

    A champion that cannot be read is replaced by the shipped model, and the trouble told in
    `ModelInUse`. Raises Transient where the shipped one cannot be read either. To be called
    outside of transactions.
    """
    now = time.monotonic()
    if _held.assessor is None or now >= _held.check_at:
        _held.check_at = now + CHECK_EVERY
        _choose(now)
        _tell(now)
    assert _held.assessor is not None
    return _held.assessor


def forget() -> None:
    """Work with the shipped model again until the next look, which comes at once."""
    keep = _held.assessor if _held.used == SHIPPED else None
    _held.assessor, _held.wanted, _held.used, _held.trouble = keep, SHIPPED, SHIPPED, ""
    _held.check_at = _held.again_at = _held.tell_at = 0.0


def file_of(model: ModelFile) -> Path:
    """The model's file in the folder of model files, brought from the database where it is not
    there or not whole. Raises Unreachable, OSError."""
    path = Path(settings.MODELS_DIR) / f"{model.digest}.skops"
    if path.is_file() and digest_of(path.read_bytes()) == model.digest:
        return path
    content = ModelBytes.objects.filter(model=model).values_list("content", flat=True).first()
    if content is None or digest_of(bytes(content)) != model.digest:
        raise Unreachable(f"the content of model {model.version} is not in the database")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(bytes(content))
    part.replace(path)
    return path


def _choose(now: float) -> None:
    row = ModelFile.objects.filter(state=ModelState.CHAMPION).first()
    wanted = row.digest if row else SHIPPED
    same = _held.assessor is not None and wanted == _held.wanted
    if same and not (_held.trouble and now >= _held.again_at):
        return
    changed = wanted != _held.wanted
    _held.wanted, _held.trouble = wanted, ""
    if row is not None:
        try:
            _use(Assessor.load(file_of(row)), row.digest)
        except (OSError, UnreadableModel, Unreachable) as error:
            _held.again_at = now + TRY_AGAIN
            _held.trouble = storable(f"{row.version}: {error}", 300)
            logger.warning("the champion cannot be used, the shipped model works: %s", error)
        else:
            logger.info("assessing with model %s", row.version)
            return
    if _held.assessor is None or _held.used != SHIPPED:
        _use(_shipped(), SHIPPED)
    if changed and row is None:
        logger.info("assessing with the shipped model")


def _use(loaded: Assessor, digest: str) -> None:
    _held.assessor, _held.used, _held.tell_at = loaded, digest, 0.0


def _shipped() -> Assessor:
    try:
        return Assessor.load(settings.MODEL_FILE)
    except (OSError, UnreadableModel) as error:
        raise Transient(f"the model {settings.MODEL_FILE} cannot be read: {error}") from error


def _tell(now: float) -> None:
    """Writes which model this process uses; a database that is busy is passed over."""
    if now < _held.tell_at or _held.assessor is None:
        return
    _held.tell_at = now + TELL_EVERY
    with contextlib.suppress(DatabaseError), transaction.atomic():
        ModelInUse.objects.update_or_create(
            process=f"{here('assess')}{os.getpid()}"[:120],
            defaults={
                "version": _held.assessor.version[:120],
                "digest": _held.used,
                "trouble": _held.trouble,
                "at": timezone.now(),
            },
        )
