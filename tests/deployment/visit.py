"""Visits the portal as a proxy that ends TLS does; run with the settings of the environment."""

import json
import sys
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.test import Client

HOST = "portal.example.com"
# Cookies of Django's client are sent over either scheme.
OVER_TLS = {"x-forwarded-proto": "https"}


def visit() -> dict[str, Any]:
    from django.contrib.auth.models import User  # noqa: PLC0415  (needs the app registry)

    User.objects.create_superuser("alice", "", "alice-password")
    client = Client(enforce_csrf_checks=True, headers={"host": HOST})
    login = client.get("/admin/login/", headers=OVER_TLS)
    form = {
        "username": "alice",
        "password": "alice-password",
        "csrfmiddlewaretoken": client.cookies["csrftoken"].value,
    }
    entered = client.post("/admin/login/", form, headers={**OVER_TLS, "origin": f"https://{HOST}"})
    return {
        "over plain HTTP": client.get("/admin/login/").headers["Location"],
        "health over plain HTTP": client.get("/healthz").status_code,
        "health for another host": client.get("/healthz", headers={"host": "other"}).status_code,
        "transport": login.headers["Strict-Transport-Security"],
        "login": login.content.decode(),
        "entered": entered.status_code,
        "session is secure": bool(client.cookies["sessionid"]["secure"]),
        "home": client.get("/admin/", headers=OVER_TLS).content.decode(),
        "docs": client.get("/api/docs", headers=OVER_TLS).content.decode(),
    }


if __name__ == "__main__":
    get_wsgi_application()
    json.dump(visit(), sys.stdout)
