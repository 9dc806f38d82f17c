from django.urls import path

from recovery.api.views import FailoverView, StatusView

urlpatterns = [
    path("disaster-recovery/status", StatusView.as_view(), name="recovery-status"),
    path("disaster-recovery/failover", FailoverView.as_view(), name="recovery-failover"),
]
