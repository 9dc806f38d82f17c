from django.urls import path

from portal.dashboard import views

urlpatterns = [
    path("admin/home/now", views.home_now, name="home-now"),
]
