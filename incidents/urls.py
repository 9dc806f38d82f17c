from django.urls import path

from incidents.views import AcknowledgeByLink

urlpatterns = [
    path("acknowledge/<str:token>", AcknowledgeByLink.as_view(), name="incidents-acknowledge"),
]
