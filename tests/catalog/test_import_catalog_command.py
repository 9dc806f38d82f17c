"""`manage.py import_catalog`: the shell door."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from catalog.errors import CatalogFileRefused
from catalog.models import Service, Team
from events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "services.yaml"
    path.write_text("- {slug: a, name: A, owner: shop}\n", encoding="utf-8")
    return path


def run(file: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_catalog", str(file), *options, stdout=out)
    return out.getvalue()


def test_tells_what_was_done(file: Path) -> None:
    assert run(file) == "Created: a.\nTeams created: shop.\nUnchanged: 0.\n"
    assert run(file) == "Unchanged: 1.\n"


def test_stores_nothing_in_a_dry_run(file: Path) -> None:
    told = run(file, "--dry-run")

    assert told.startswith("This is what would change; nothing was stored.\nCreated: a.\n")
    assert not Service.objects.exists()
    assert not Team.objects.exists()
    assert not Event.objects.exists()


def test_reports_what_was_skipped(file: Path) -> None:
    file.write_text("kind: System\n", encoding="utf-8")

    assert run(file) == "Unchanged: 0.\nSkipped: 1 of kind System.\n"


def test_reads_a_file_with_a_byte_order_mark(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf- {slug: a, name: A}\n")

    assert "Created: a." in run(file)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: No such file or directory."),
        (b"- slug: \xff", "is not UTF-8: byte 8 cannot be read. Save it as UTF-8."),
        (b"- slug: a\n", "services.yaml, line 1: entry 1 has no name."),
    ],
)
def test_refuses_a_file_in_one_sentence(file: Path, content: bytes | None, says: str) -> None:
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)

    with pytest.raises(CatalogFileRefused) as refusal:
        run(file)

    assert says in str(refusal.value)
    assert refusal.value.exit_code == 2
