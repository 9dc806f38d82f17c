"""Every app is known to Django and to import-linter, and tells what it is for."""

from pathlib import Path

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings
from django.db.models import Model

from tests.architecture.source import ROOT, import_contracts, root_packages

README_LINES = 60


def unknown_apps(root: Path, *, installed: list[str], linted: list[str]) -> list[str]:
    """This will name each folder with an apps.py that Django or import-linter does not know."""
    found = [file.parent for file in [*root.glob("*/apps.py"), *root.glob("*/*/apps.py")]]
    names = sorted(folder.relative_to(root).as_posix().replace("/", ".") for folder in found)
    names = [name for name in names if not name.startswith(".")]
    return [f"{name} is not in INSTALLED_APPS" for name in names if name not in installed] + [
        f"{name} is not in root_packages" for name in names if name.partition(".")[0] not in linted
    ]


def readme_faults(app: Path) -> list[str]:
    """This will tell when the app has no README, or one too long to be read."""
    readme = app / "README.md"
    if not readme.exists():
        return [f"{app.name} has no README.md"]
    lines = len(readme.read_text(encoding="utf-8").splitlines())
    return [f"{app.name}/README.md has {lines} lines"] if lines > README_LINES else []


def nameless(models: list[type[Model]]) -> list[str]:
    """This will name each model that would show as `Noun object (7)`."""
    return [model._meta.label for model in models if model.__str__ is Model.__str__]


def test_are_installed_and_linted() -> None:
    assert unknown_apps(ROOT, installed=settings.INSTALLED_APPS, linted=root_packages()) == []


def test_are_refused_when_one_is_forgotten(tmp_path: Path) -> None:
    for app in ("billing", "slo"):
        (tmp_path / app).mkdir()
        (tmp_path / app / "apps.py").touch()

    assert unknown_apps(tmp_path, installed=["slo"], linted=["slo"]) == [
        "billing is not in INSTALLED_APPS",
        "billing is not in root_packages",
    ]


def test_have_their_anatomy_checked() -> None:
    checked = set(import_contracts()["anatomy"]["containers"])

    # The event log and the wiring have anatomies of their own.
    assert set(root_packages()) - checked == {"events", "portal"}


@pytest.mark.parametrize("app", [name for name in root_packages() if name != "portal"])
def test_say_what_they_are_for(app: str) -> None:
    assert readme_faults(ROOT / app) == []


def test_are_refused_without_a_readable_readme(tmp_path: Path) -> None:
    assert readme_faults(tmp_path) == [f"{tmp_path.name} has no README.md"]

    (tmp_path / "README.md").write_text("line\n" * 61, encoding="utf-8")

    assert readme_faults(tmp_path) == [f"{tmp_path.name}/README.md has 61 lines"]


def test_name_every_object() -> None:
    ours = [m for m in apps.get_models() if m.__module__.partition(".")[0] in root_packages()]

    assert {"events.Event", "catalog.Service", "recovery.Plan"} <= {m._meta.label for m in ours}
    assert nameless(ours) == []


def test_are_refused_when_an_object_has_no_name() -> None:
    class Nameless(Model):  # noqa: DJ008  (the lack is what is tested)
        class Meta:
            app_label = "slo"
            apps = Apps()

    assert nameless([Nameless]) == ["slo.Nameless"]
