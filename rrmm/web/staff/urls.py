"""Every page of the staff, under the one namespace `staff`.

The desk's pages come from `desk_urls`, the experts' from `experts_urls`: each a plain list
named `urlpatterns` whose names are those of the contract (`desk`, `case`, `experts`, ...).
"""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, path

from rrmm.web.staff import live, profile, watch

app_name = "staff"


def _of(module: str) -> list[URLPattern | URLResolver]:
    found = find_spec(module)
    return list(import_module(module).urlpatterns) if found else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("live/", live.stream, name="live"),
    path("watch/", watch.show, name="watch"),
    path("profile/", profile.show, name="profile"),
    path("profile/save/", profile.save, name="profile-save"),
    path("profile/duty/", profile.duty, name="profile-duty"),
    path("profile/password/", profile.password, name="profile-password"),
    path("profile/everywhere/", profile.everywhere, name="profile-everywhere"),
    *_of("rrmm.web.staff.desk_urls"),
    *_of("rrmm.web.staff.experts_urls"),
]
