"""One click takes the whole demonstration away."""

from django.db import transaction
from django.db.models import Q

from experts import registry
from experts.models import Ask, Mobilisation, Proposal, SlateEntry


@transaction.atomic
def remove_demo() -> dict[str, int]:
    """Deletes the invented experts, and what was asked of them; returns counts by name.

    Nobody else moves a mobilisation meanwhile that is of the demo, or has an invented person.
    """
    theirs = [
        of.objects.filter(expert__demo=True).values("mobilisation") for of in (Ask, SlateEntry)
    ]
    touched = Q(demo=True) | Q(pk__in=theirs[0]) | Q(pk__in=theirs[1])
    rows = Mobilisation.objects.filter(touched).order_by("pk")
    list(rows.select_for_update().values_list("pk"))
    counts = {
        "mobilisations": Mobilisation.objects.filter(demo=True).count(),
        "proposals": Proposal.objects.filter(demo=True).count(),
    }
    Mobilisation.objects.filter(demo=True).delete()
    Proposal.objects.filter(demo=True).delete()
    return counts | registry.remove_demo()
