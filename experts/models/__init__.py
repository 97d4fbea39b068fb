"""The rows of the experts app; one module per half of it."""

from experts.models.registry import (
    NOTHING,
    Askable,
    Community,
    Consent,
    Contact,
    Edition,
    Expert,
    Gender,
    ImportFile,
    Network,
    Proposal,
)

__all__ = [
    "NOTHING",
    "Askable",
    "Community",
    "Consent",
    "Contact",
    "Edition",
    "Expert",
    "Gender",
    "ImportFile",
    "Network",
    "Proposal",
]
