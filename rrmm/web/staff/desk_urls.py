"""Addresses of the desk, the cases, the confirm page and finding."""

from django.urls import path

from rrmm.web.staff import (
    acts,
    articles,
    brief_pages,
    cases,
    confirm,
    desk,
    find,
    opening,
    regroup_urls,
    slate,
)

urlpatterns = [
    path("", desk.show, name="desk"),
    path("desk/queue/", desk.queue, name="desk-queue"),
    path("desk/case/<uuid:case>/", desk.case, name="desk-case"),
    path("cases/", cases.show_all, name="cases"),
    path("cases/new/", opening.new, name="case-new"),
    path("cases/<uuid:case>/", cases.show, name="case"),
    path("cases/<uuid:case>/articles/<uuid:article>/", articles.show, name="case-article"),
    path("cases/<uuid:case>/take/", acts.take, name="case-take"),
    path("cases/<uuid:case>/release/", acts.release, name="case-release"),
    path("cases/<uuid:case>/hold/", acts.hold, name="case-hold"),
    path("cases/<uuid:case>/unhold/", acts.unhold, name="case-unhold"),
    path("cases/<uuid:case>/dismiss/", acts.dismiss, name="case-dismiss"),
    path("cases/<uuid:case>/reopen/", acts.reopen, name="case-reopen"),
    path("cases/<uuid:case>/severity/", acts.severity, name="case-severity"),
    path("cases/<uuid:case>/undo/", acts.undo, name="case-undo"),
    path("cases/<uuid:case>/close/", acts.close, name="case-close"),
    path("cases/<uuid:case>/confirm/", confirm.show, name="confirm"),
    path("cases/<uuid:case>/confirm/people/", slate.candidates, name="confirm-people"),
    path("cases/<uuid:case>/brief/", brief_pages.edit, name="case-brief"),
    path("cases/<uuid:case>/brief/<int:version>/", brief_pages.version, name="case-brief-version"),
    path("cases/<uuid:case>/ask/", acts.ask_one_more, name="case-ask"),
    path("cases/<uuid:case>/people/add/", slate.add, name="case-slate-add"),
    path("cases/<uuid:case>/people/remove/", slate.remove, name="case-slate-remove"),
    path("cases/<uuid:case>/people/risk/", slate.risk, name="case-slate-risk"),
    path("cases/<uuid:case>/people/free/", slate.free, name="case-slot-free"),
    path("find/", find.show, name="find"),
    *regroup_urls.urlpatterns,
]
