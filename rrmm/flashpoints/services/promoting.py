"""Model files: making one the champion, going back. Light: the web does it."""

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import ModelBytes, ModelFile, ModelState
from rrmm.flashpoints.queries.modelfiles import champion_digest, standing
from streams.trail import note

SHORTEST_REASON = 10


class Refused(Exception):
    """The model was not taken in or not promoted; the message says why, in words for staff."""


def promote(model_id: UUID, staff: AbstractBaseUser, reason: str = "") -> ModelFile:
    """Make it the champion. Workers follow within seconds.

    reason: needed where no replay of a day against today's champion speaks for it, or one speaks
    against it. Raises Refused, ModelFile.DoesNotExist.
    """
    reason = reason.strip()
    champion_digest()  # read the shipped file, if need be, before the transaction
    with transaction.atomic():
        model, before = _locked(model_id)
        if model.state == ModelState.CHAMPION:
            raise Refused(_("It works already. Nothing was changed."))
        _refuse_without_file(model)
        seen = standing(model)
        if not seen.good and len(reason) < SHORTEST_REASON:
            raise Refused(
                _("No replay of a day against today’s model speaks for it: give a reason.")
                if seen.gap
                else _("On the replay it is worse than today’s model: give a reason.")
            )
        _crown(model, before, staff, "" if seen.good else reason)
        note(
            f"staff:{staff.pk}",
            "model.promoted",
            model.pk,
            version=model.version,
            before=before.version if before else "shipped",
            reason=reason,
            gap=seen.gap,
            findings=[finding.code for finding in seen.findings],
        )
    return model


def restore(model_id: UUID | None, staff: AbstractBaseUser) -> str:
    """Go back to a model that worked here before; None is the shipped one. Returns its version, ""
    for the shipped one. No replay is asked for: it has worked. Raises Refused."""
    with transaction.atomic():
        wanted, before = _locked(model_id) if model_id else (None, _locked_champion())
        if wanted == before:
            raise Refused(_("It works already. Nothing was changed."))
        if wanted is None:
            assert before is not None
            _retire(before)
        elif wanted.promoted_at is None:
            raise Refused(_("This model has never worked here. Promote it after a replay."))
        else:
            _refuse_without_file(wanted)
            _crown(wanted, before, staff, wanted.reason)
        note(f"staff:{staff.pk}", "model.restored", wanted.pk if wanted else "shipped",
             version=wanted.version if wanted else "shipped",
             before=before.version if before else "shipped")  # fmt: skip
    return wanted.version if wanted else ""


def _refuse_without_file(model: ModelFile) -> None:
    if not ModelBytes.objects.filter(model=model).exists():
        raise Refused(
            _("The file of %(version)s is no longer kept. Take it in again, or make a new one.")
            % {"version": model.version}
        )


def _locked(model_id: UUID) -> tuple[ModelFile, ModelFile | None]:
    """The model and the champion, neither of which anybody else can change meanwhile."""
    rows = {row.pk: row for row in ModelFile.objects.select_for_update().order_by("pk")}
    if model_id not in rows:
        raise ModelFile.DoesNotExist
    return rows[model_id], next((r for r in rows.values() if r.state == "champion"), None)


def _locked_champion() -> ModelFile | None:
    return ModelFile.objects.select_for_update().filter(state=ModelState.CHAMPION).first()


def _crown(
    model: ModelFile, before: ModelFile | None, staff: AbstractBaseUser, reason: str
) -> None:
    if before is not None:
        _retire(before)
    model.state, model.reason = ModelState.CHAMPION, reason
    model.promoted_by_id, model.promoted_at = staff.pk, timezone.now()
    model.save(update_fields=["state", "reason", "promoted_by", "promoted_at"])


def _retire(model: ModelFile) -> None:
    model.state = ModelState.RETIRED
    model.save(update_fields=["state"])
