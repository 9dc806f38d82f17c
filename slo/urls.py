from django.urls import path

from slo.views import BadgeView, StatusPageView

urlpatterns = [
    path("status/<slug:service>", StatusPageView.as_view(), name="slo-status-page"),
    path("status/<slug:service>/<slug:slo_id>.svg", BadgeView.as_view(), name="slo-badge"),
]
