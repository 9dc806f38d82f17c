from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portal.shared import health
from portal.shared.api.views import NoSuchEndpoint

api: list[URLPattern | URLResolver] = [
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("", include("catalog.api.urls")),
    path("", include("events.api.urls")),
    path("", include("slo.api.urls")),
    path("", include("incidents.api.urls")),
    path("", include("governance.api.urls")),
    path("", include("secrets_vault.api.urls")),
    path("", include("recovery.api.urls")),
    path("", include("resilience.api.urls")),
    # Last: what no room has taken.
    path("<path:address>", NoSuchEndpoint.as_view()),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("", include("portal.dashboard.urls")),
    path("admin/", admin.site.urls),
    path("api/", include(api)),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("incidents.urls")),
    path("", include("slo.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.prometheus, name="metrics"),
]
