"""`promote`: which models there are; makes one the champion, or goes back to one."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from rrmm.flashpoints.models import ModelFile
from rrmm.flashpoints.queries import modelfiles, replays
from rrmm.flashpoints.queries.seeing import shipped
from rrmm.flashpoints.services import promoting
from rrmm.flashpoints.services.promoting import Refused

SHIPPED = "shipped"


class Command(BaseCommand):
    """The same as the buttons of the page; a person's name stands in the trail either way."""

    help = (
        "Without a name lists the models. With one makes it today's model; a worse one, or one "
        "without a replay of a day, needs --reason. --restore goes back to one that worked "
        "before ('shipped': the one that came with the program)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", nargs="?", default="", metavar="VERSION")
        parser.add_argument("--restore", default="", metavar="VERSION")
        parser.add_argument("--by", default="", metavar="ADDRESS", help="whose decision it is")
        parser.add_argument("--reason", default="", metavar="WORDS")

    def handle(
        self, *args: Any, model: str, restore: str, by: str, reason: str, **options: Any
    ) -> None:
        if bool(model) == bool(restore):
            if model:
                raise CommandError("Promote one or restore one, not both.")
            self._list()
            return
        person = who(by)
        try:
            if model:
                found = promoting.promote(known(model).pk, person, reason)
                said = f"{found.version} works from now on."
            else:
                back = None if restore == SHIPPED else known(restore).pk
                said = f"{promoting.restore(back, person) or 'The shipped model'} works again."
        except Refused as refused:
            raise CommandError(self._why(model, str(refused))) from refused
        self.stdout.write(f"{said} Workers follow within a few seconds.")

    def _list(self) -> None:
        champion = modelfiles.champion()
        mark = "" if champion else "  works now"
        self.stdout.write(f"{SHIPPED}  {shipped().version}{mark}")
        for model in ModelFile.objects.order_by("-made_at"):
            mark = "  works now" if model == champion else ""
            gap = replays.gap_in_words(modelfiles.standing(model)) if not mark else ""
            line = f"{model.version}  made {model.made_at:%Y-%m-%d %H:%M}  {model.state}{mark}"
            self.stdout.write(f"{line}  {gap}".rstrip())

    def _why(self, version: str, refused: str) -> str:
        """The refusal, and what the replay found against the model."""
        if not version:
            return refused
        found = modelfiles.standing(known(version)).findings
        return "\n".join([refused, *(replays.in_words(finding) for finding in found)])


def who(address: str) -> User:
    """The member of staff with that mail address. Raises CommandError."""
    found = User.objects.filter(username__iexact=address.strip(), is_active=True, is_staff=True)
    person = found.first() if address.strip() else None
    if person is None:
        raise CommandError(
            "Say with --by ADDRESS whose decision it is: the address of a colleague's account."
        )
    return person


def known(version: str) -> ModelFile:
    """The newest model of that version. Raises CommandError."""
    model = ModelFile.objects.filter(version=version).order_by("-made_at").first()
    if model is None:
        raise CommandError(f"No model {version!r} is known here. manage.py promote lists them.")
    return model
