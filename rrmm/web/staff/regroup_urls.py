"""Addresses of merging, splitting and undoing it."""

from django.urls import path

from rrmm.web.staff import merging, splitting

urlpatterns = [
    path("cases/<uuid:case>/merge/", merging.show, name="case-merge"),
    path("cases/<uuid:case>/split/", splitting.show, name="case-split"),
    path("cases/<uuid:case>/undo/<uuid:done>/", merging.undo, name="case-regroup-undo"),
]
