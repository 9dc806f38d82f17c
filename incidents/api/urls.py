from django.urls import path

from incidents.api import views

urlpatterns = [
    path("incidents", views.IncidentListView.as_view(), name="incidents"),
    path("incidents/on-call", views.OnCallView.as_view(), name="incidents-on-call"),
    path(
        "incidents/escalation-policies",
        views.PoliciesView.as_view(),
        name="incidents-escalation-policies",
    ),
    path("incidents/<str:incident>", views.IncidentView.as_view(), name="incident"),
    path(
        "incidents/<str:incident>/acknowledge",
        views.AcknowledgeView.as_view(),
        name="incident-acknowledge",
    ),
    path("incidents/<str:incident>/resolve", views.ResolveView.as_view(), name="incident-resolve"),
    path("incidents/<str:incident>/notes", views.NotesView.as_view(), name="incident-notes"),
    path(
        "incidents/<str:incident>/timeline",
        views.TimelineView.as_view(),
        name="incident-timeline",
    ),
    path("incidents/<str:incident>/pages", views.PagesView.as_view(), name="incident-pages"),
    path("incidents/<str:incident>/review", views.ReviewView.as_view(), name="incident-review"),
]
