"""What the models read of an article."""

SUMMARY_READ = 400
"""Characters of the summary that the model reads."""


def text_of(title: str, summary: str) -> str:
    """Headline, a dash, the beginning of the summary."""
    return f"{title} — {summary[:SUMMARY_READ]}" if summary else title
