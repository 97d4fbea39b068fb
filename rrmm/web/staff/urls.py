"""Every page of the staff, under the one namespace `staff`.

The desk's pages come from `desk_urls`, the experts' from `experts_urls`: each a plain list
named `urlpatterns` whose names are those of the contract (`desk`, `case`, `experts`, ...).
"""

from django.urls import URLPattern, URLResolver, path

from rrmm.web.staff import (
    desk_urls,
    experts_urls,
    feedlists,
    feeds,
    health,
    learning_urls,
    live,
    mailbox,
    profile,
    seeing,
    team,
    watch,
)

app_name = "staff"


urlpatterns: list[URLPattern | URLResolver] = [
    path("live/", live.stream, name="live"),
    path("watch/", watch.show, name="watch"),
    path("profile/", profile.show, name="profile"),
    path("profile/save/", profile.save, name="profile-save"),
    path("profile/duty/", profile.duty, name="profile-duty"),
    path("profile/password/", profile.password, name="profile-password"),
    path("profile/everywhere/", profile.everywhere, name="profile-everywhere"),
    path("team/", team.show, name="team"),
    path("team/invite/", team.invite, name="team-invite"),
    path("team/<int:user>/show-link/", team.show_link, name="team-link"),
    path("team/<int:user>/<str:what>/", team.act, name="team-act"),
    path("mailbox/", mailbox.show, name="mailbox"),
    path("mailbox/<uuid:message>/", mailbox.message, name="message"),
    path("mailbox/<uuid:message>/body/", mailbox.body, name="message-body"),
    path("seeing/", seeing.show, name="seeing"),
    path("health/", health.show, name="health"),
    path("health/flow/", health.flow_part, name="health-flow"),
    path("health/dead/", health.dead_part, name="health-dead"),
    path("health/dead/replay/", health.replay_all, name="health-replay-all"),
    path("health/dead/<int:letter>/replay/", health.replay, name="health-replay"),
    path("health/dead/<int:letter>/discard/", health.discard, name="health-discard"),
    path("health/demo/remove/", health.remove_demo, name="demo-remove"),
    path("health/sources/", feeds.table, name="sources"),
    path("health/sources/opml/", feedlists.bring, name="sources-opml"),
    path("health/sources/rrmm-sources.opml", feedlists.give, name="sources-export"),
    path("health/sources/<uuid:feed>/", feeds.one, name="source"),
    path("health/sources/<uuid:feed>/<str:what>/", feeds.act, name="source-act"),
    *desk_urls.urlpatterns,
    *experts_urls.urlpatterns,
    *learning_urls.urlpatterns,
]
