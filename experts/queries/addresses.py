"""The address book that the mailer asks at the moment of sending, and nobody else."""

from experts.models import Contact


def address_of(expert: str) -> str | None:
    """The e-mail address of an expert (UUID as text); None where we have none."""
    return Contact.objects.filter(expert_id=expert).values_list("email", flat=True).first()
