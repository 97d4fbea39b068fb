"""What the move shows: a bar for each table, what does not fit, what arrived."""

from collections.abc import Sequence

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from streams.moving.fitting import Findings, Misfit
from streams.moving.target import Copied

BAR = 24
MOST_LINES = 40


class Bars:
    """A bar that fills on a terminal; elsewhere one line for each table that is done."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out, self._live = out, out.isatty()

    def at(self, table: str, n: int, of: int) -> None:
        """Shows how far the table is."""
        if self._live:
            full = BAR * n // max(of, 1)
            bar = "█" * full + "·" * (BAR - full)
            end = "\n" if n == of else ""
            self._out.write(f"\r  {table:<32} {bar} {n:>12,} / {of:,}", ending=end)
        elif n == of:
            self._out.write(f"  {table:<32} {n:>12,}")
        self._out.flush()


def misfits(found: Sequence[Misfit]) -> str:
    """A line for each value that has no room, and what to do about them."""
    lines = [_("PostgreSQL has no room for these values, which SQLite took. Nothing was moved.")]
    for one in found[:MOST_LINES]:
        said = {"where": f"{one.table}.{one.column.name}", "id": one.id,
                "size": f"{one.size:,}", "most": f"{one.column.most:,}"}  # fmt: skip
        if one.column.is_text:
            words = _("  %(where)s, id %(id)s: %(size)s characters, %(most)s fit")
        else:
            words = _("  %(where)s, id %(id)s: the number %(size)s, %(most)s is the largest")
        lines.append(words % said)
    if len(found) > MOST_LINES:
        lines.append(_("  … and %(n)d more") % {"n": len(found) - MOST_LINES})
    lines.append(
        _("Change them in the old desk, or let the move shorten the texts with --shorten (the "
          "old file keeps them whole). Numbers can only be changed there.")
    )  # fmt: skip
    return "\n".join(lines)


def mended(found: Sequence[Findings]) -> list[str]:
    """A line for each column from which characters were taken."""
    words = _("  %(where)s: characters taken out of %(n)d values that PostgreSQL cannot hold")
    return [
        words % {"where": f"{one.table.name}.{name}", "n": n}
        for one in found
        for name, n in one.unclean.items()
    ]


def arrived(copied: Sequence[Copied]) -> list[str]:
    """The table of counts."""
    head = f"  {_('table'):<32} {_('old desk'):>12} {_('new desk'):>12}"
    rows = [f"  {c.table:<32} {c.source:>12,} {c.target:>12,}" for c in copied]
    total = sum(c.source for c in copied), sum(c.target for c in copied)
    return [head, *rows, f"  {_('together'):<32} {total[0]:>12,} {total[1]:>12,}"]
