"""Pages of the people we ask: one link, one task, no sign-in."""

from django.urls import path

from rrmm.web.experts import views

app_name = "experts"
urlpatterns = [
    path("sample/", views.sample, name="sample"),
    path("<str:token>/", views.ask, name="ask"),
]
