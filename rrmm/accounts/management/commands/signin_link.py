"""Prints a one-time sign-in link."""

from typing import Any

from django.core.management.base import BaseCommand

from rrmm.accounts.links import issue_link


class Command(BaseCommand):
    help = "Prints a sign-in link: ten minutes, one use, from this machine only."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(issue_link())
