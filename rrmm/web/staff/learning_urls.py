"""Addresses of the models, their replays, and the corrections of single articles."""

from django.urls import path

from rrmm.web.staff import corrections, models_pages, replay_pages

_ARTICLE = "cases/<uuid:case>/articles/<uuid:article>/"

urlpatterns = [
    path(f"{_ARTICLE}correct/", corrections.correct, name="article-correct"),
    path(f"{_ARTICLE}uncorrect/<str:kind>/", corrections.uncorrect, name="article-uncorrect"),
    path("models/", models_pages.show, name="models"),
    path("models/<uuid:model>/promote/", models_pages.promote, name="model-promote"),
    path("models/<uuid:model>/restore/", models_pages.restore, name="model-restore"),
    path("models/replays/<uuid:replay>/", replay_pages.show, name="replay"),
    path("models/replays/<uuid:replay>/stop/", replay_pages.stop, name="replay-stop"),
]
