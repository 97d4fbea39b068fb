"""Coming in and going out."""

from django.urls import path

from rrmm.web.accounts import onetime, password, signin

app_name = "accounts"
urlpatterns = [
    path("signin/", signin.signin, name="signin"),
    path("signout/", signin.signout, name="signout"),
    path("signin/forgot/", password.forgot, name="forgot"),
    path("signin/new/<str:uidb64>/<str:token>/", password.Reset.as_view(), name="reset"),
    path("signin/welcome/<str:uidb64>/<str:token>/", password.Welcome.as_view(), name="invite"),
    path("signin/<str:token>/", onetime.link, name="link"),
]
