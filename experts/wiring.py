"""What mobilising tells streams.mail: when a mail may leave, and how its links are made."""

from experts.queries import links, reasons
from streams.mail.registry import register_link, register_reason


def register() -> None:
    """Called once, when the apps are loaded."""
    register_reason("ask", reasons.ask_is_open)
    register_reason("receipt", reasons.holds_a_place)
    register_reason("stood_down", reasons.is_stood_down)
    register_reason("withdrawn", reasons.is_withdrawn)
    register_reason("nobody_left", reasons.nobody_is_left)
    register_reason("sample", lambda _staff: True)
    register_link("answer", links.answer_url)
    register_link("undo", links.undo_url)
