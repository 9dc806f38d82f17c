from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import transaction

from portal.shared import clock, seeds


class Command(BaseCommand):
    help = "Make what every portal ships with. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        operator = User.objects.filter(is_superuser=True).order_by("pk").first()
        with transaction.atomic():
            made = seeds.sow_defaults(at=clock.now(), operator=operator)
        for sentence in made:
            self.stdout.write(sentence)
        if not made:
            self.stdout.write("Everything is there already.")
