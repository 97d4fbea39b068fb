"""One click takes the whole demonstration away."""

from django.db import transaction

from experts import registry
from experts.models import Mobilisation, Proposal


@transaction.atomic
def remove_demo() -> dict[str, int]:
    """Deletes the invented experts, and what was asked of them; returns counts by name."""
    counts = {
        "mobilisations": Mobilisation.objects.filter(demo=True).count(),
        "proposals": Proposal.objects.filter(demo=True).count(),
    }
    Mobilisation.objects.filter(demo=True).delete()
    Proposal.objects.filter(demo=True).delete()
    return counts | registry.remove_demo()
