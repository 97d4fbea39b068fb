"""The pages of the experts' registry; part of the namespace `staff`."""

from django.urls import path

from rrmm.web.staff import experts, experts_import

urlpatterns = [
    path("experts/", experts.show_all, name="experts"),
    path("experts/export/", experts.export, name="experts-export"),
    path("experts/import/", experts_import.upload, name="experts-import"),
    path("experts/import/<uuid:upload>/", experts_import.dry_run, name="experts-dry-run"),
    path("experts/import/<uuid:upload>/refused/", experts_import.refused, name="experts-refused"),
    path("experts/import/<uuid:upload>/drop/", experts_import.drop, name="experts-drop"),
    path("experts/<uuid:expert>/", experts.show, name="expert"),
    path("experts/<uuid:expert>/address/", experts.address, name="expert-address"),
    path("experts/<uuid:expert>/communities/", experts.communities, name="expert-communities"),
    path("experts/<uuid:expert>/pause/", experts.pause, name="expert-pause"),
    path("experts/<uuid:expert>/unpause/", experts.unpause, name="expert-unpause"),
    path("experts/<uuid:expert>/ask-again/", experts.ask_again, name="expert-ask-again"),
    path("experts/<uuid:expert>/networks/", experts.networks, name="expert-networks"),
    path("experts/<uuid:expert>/active/", experts.active, name="expert-active"),
]
