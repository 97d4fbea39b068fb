"""What the clock does for the collector."""

from streams.collectors import pruning, subscriptions


def prune() -> int:
    """Deletes what its time has run out for, in small batches; how many rows went."""
    return pruning.prune()


def renew_websub() -> int:
    """Asks hubs for new and for ending subscriptions; how many were asked."""
    return subscriptions.renew()
