"""The examples that no test runs, each with its reason. One that is not here must run."""

DRAWING = "A drawing or a table, nothing to run."
INSTALLS = "Installs or serves for minutes; .ci/run, tests/faults, tests/journeys do the same."
PROCESSES = "Processes without an end; tests/deployment starts what they serve."
SECRETS = "Holds what everybody fills in; tests/deployment starts with such an environment."
SCRAPED = "tests/slo/test_unmodified_prometheus.py starts a Prometheus with it."
TEMPLATE = "Something to copy and fill in."

# (document, first line of the block): reason
NOT_RUN = {
    ("CONTRIBUTING.md", "make setup      # .venv with everything, and the commit hooks"): INSTALLS,
    ("CONTRIBUTING.md", "slo: Refuse objectives without a target."): TEMPLATE,
    ("README.md", "make run      # installs into .venv, migrates, seeds, serves; "
     "prints the address and the first password"): INSTALLS,
    ("README.md", "make demo"): INSTALLS,
    ("docs/adding-an-event.md", '@upcaster("billing.invoice.sent", 1, 2)'): TEMPLATE,
    ("docs/architecture.md", "portal.management, .demo, .serving, .urls, .celery, .settings     "
     "wiring; may import anything below"): DRAWING,
    (
     "docs/architecture.md",
     "models.py          nouns                        admin.py               the web door",
     ): DRAWING,
    ("docs/architecture.md", "sequenceDiagram"): DRAWING,
    ("docs/decisions/0001-layers-and-floors.md",
     "portal.urls | portal.celery | portal.settings"): DRAWING,
    ("docs/decisions/README.md", "# NNNN. What was decided, as a sentence"): TEMPLATE,
    ("docs/deployment.md",
     "export DJANGO_SETTINGS_MODULE=portal.settings.production"): SECRETS,
    ("docs/deployment.md", "web      uvicorn portal.asgi:application --host 0.0.0.0 --port 8000 "
     "--workers 2 --lifespan off"): PROCESSES,
    ("docs/slo-gate.md", "gate:"): TEMPLATE,
    ("docs/slo-ingestion.md", "remote_write:"): SCRAPED,
    ("docs/slo-ingestion.md", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT="
     "https://portal.example.com/api/slo/otlp/v1/metrics"): TEMPLATE,
    ("docs/time-travel.md",
     'register_fold("incidents.incident.", fold_incident, version=1)'): TEMPLATE,
    ("events/README.md", "announce(fact, at=, actor=)                        "
     "a declared fact, by the portal itself"): DRAWING,
}  # fmt: skip

# Management commands of ours that no example runs.
COMMANDS_NOT_RUN = {
    "run_portal": INSTALLS,
    "serve_embedded": "Run by run_portal alone.",
    "run_events": "Runs until it is stopped; tests/events/test_pump.py runs what it starts.",
    "verify_archive": "Needs a dropped day; tests/events/test_verify_archive.py makes one.",
    "demo": INSTALLS,
}
