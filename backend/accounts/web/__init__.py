"""The pages of whoever signs in, and of organisations and users."""

from django.urls import path
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.web import access, factors, history, organisations, passkeys, proving, sign_in, users
from backend.web.navigation import SETUP, register

register(70, lazy("Organisations"), "web:organisations", "building-office-2", "officer admin", SETUP)
register(80, lazy("Users"), "web:users", "users", "admin", SETUP)

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/code/", factors.SecondStep.as_view(), name="sign-in-code"),
    path("sign-in/enrol/", factors.FirstEnrolment.as_view(), name="sign-in-enrol"),
    path("sign-in/passkey/", passkeys.SignIn.as_view(), name="sign-in-passkey"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("kept/", sign_in.Keeping.as_view(), name="keeping"),
    path("looks/", sign_in.Looks.as_view(), name="looks"),
    path("language/", sign_in.Language.as_view(), name="language"),
    path("account/", sign_in.Account.as_view(), name="account"),
    path("account/second-factor/", factors.Factor.as_view(), name="factor"),
    path("account/passkeys/new/", passkeys.NewPasskey.as_view(), name="passkey-new"),
    path("account/passkeys/<int:id>/remove/", passkeys.RemovePasskey.as_view(), name="passkey-remove"),
    path("account/access/", access.Access.as_view(), name="access"),
    path("account/sessions/end-others/", access.EndOthers.as_view(), name="sessions-end"),
    path("account/sessions/<str:id>/end/", access.EndSession.as_view(), name="session-end"),
    path("tokens/<int:id>/end/", access.EndToken.as_view(), name="token-end"),
    path("prove/", proving.Proving.as_view(), name="proving"),
    path("prove/now/", proving.Prove.as_view(), name="prove"),
    path("account/first-steps/", sign_in.FirstSteps.as_view(), name="first-steps"),
    path("organisations/", organisations.Organisations.as_view(), name="organisations"),
    path("organisations/new/", organisations.NewOrganisation.as_view(), name="organisation-new"),
    path("organisations/<str:code>/", organisations.OneOrganisation.as_view(), name="organisation"),
    path("organisations/<str:code>/acts/<str:act>/", history.OneAct.as_view(), name="organisation-act"),
    path("organisations/<str:code>/changes/<int:id>/", history.Withdraw.as_view(), name="organisation-change"),
    path("users/", users.Users.as_view(), name="users"),
    path("users/new/", users.NewUser.as_view(), name="user-new"),
    path("users/<str:username>/access/", access.UserAccess.as_view(), name="user-access"),
    path("users/<str:username>/second-factor/", factors.ResetFactor.as_view(), name="user-factor"),
    path("users/<str:username>/", users.OneUser.as_view(), name="user"),
]
