"""Fills the texts that the log leaves out of its events, from the articles' rows."""

from typing import Any
from uuid import UUID

from streams.collectors.models import Article
from streams.log import hydrator

FIELDS = ("url", "title", "summary")


@hydrator("ArticleFetched")
@hydrator("ArticleFlagged")
def with_texts(payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The payloads with address, title and summary; "" where the article was pruned since."""
    ids = {UUID(payload["article"]) for payload in payloads}
    rows = Article.objects.filter(pk__in=ids).values_list("pk", *FIELDS)
    found = {pk: dict(zip(FIELDS, texts, strict=True)) for pk, *texts in rows}
    nothing = dict.fromkeys(FIELDS, "")
    return [payload | found.get(UUID(payload["article"]), nothing) for payload in payloads]
