"""What opens an account: its sessions and its tokens, for its owner and for an administrator."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend.accounts import selectors, tokens
from backend.accounts.models import AccessToken, User
from backend.accounts.sessions import selectors as sessions
from backend.accounts.sessions import services
from backend.accounts.sessions.store import row_key
from backend.web.base import EVERYONE, Act, Page
from backend.web.forms import Form

SHOWN_DAYS = 90


class TokenForm(Form):
    """A token for a program."""

    name = forms.CharField(
        label=lazy("Name of the token"),
        max_length=100,
        help_text=lazy("What it is for: the system or the person that uses it."),
    )
    scope = forms.ChoiceField(label=lazy("Opens"), choices=AccessToken.Scope)
    days = forms.IntegerField(label=lazy("Lasts, in days"), min_value=1, initial=SHOWN_DAYS)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        days: forms.IntegerField = self.fields["days"]  # type: ignore[assignment]
        days.widget.attrs["max"] = settings.TOKEN_MOST_DAYS


class Access(Page):
    """One's own sessions and tokens; a new token is shown once."""

    roles = {"GET": EVERYONE, "POST": EVERYONE}
    template = "web/signing/access.html"
    reading = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(TokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form, made = TokenForm(request.POST), list[tokens.SignedIn]()
        if form.do(lambda values: made.append(tokens.make(actor=self.actor, **values))):
            return self._shown(TokenForm(), made=made[0])
        return self._shown(form, status=400)

    def _shown(self, form: TokenForm, made: tokens.SignedIn | None = None, status: int = 200) -> HttpResponse:
        mine = selectors.tokens(self.actor).filter(user=self.actor).order_by("name", "expires_at")
        here = row_key(self.request.session.session_key or "")
        found = [(one, one.pk == here) for one in sessions.sessions(self.actor)]
        return self.show(form=form, made=made, tokens=list(mine), sessions=found, status=status)


class UserAccess(Page):
    """Somebody's tokens, for an administrator."""

    roles = {"GET": "admin"}
    template = "web/signing/user_access.html"

    def get(self, request: HttpRequest, username: str) -> HttpResponse:
        user: User = self.one(selectors.users(self.actor), username=username)
        theirs = selectors.tokens(self.actor).filter(user=user).order_by("name", "expires_at")
        return self.show(account=user, tokens=list(theirs))


class EndToken(Act):
    """Ends a token: one's own or, for an administrator, anybody's."""

    roles = {"POST": EVERYONE}
    reading = True

    def act(self, id: int) -> str:
        token = self.one(selectors.tokens(self.actor), pk=id)
        self.whose = token.user
        tokens.revoke(actor=self.actor, token=token)
        return _("The token is ended.")

    def leads_to(self, id: int) -> str:
        if self.whose.pk == self.actor.pk:
            return reverse("web:access")
        return reverse("web:user-access", args=[self.whose.username])


class EndSession(Act):
    """Ends one of one's sessions; the one that it is done in too."""

    roles = {"POST": EVERYONE}
    reading = True

    def act(self, id: str) -> str:
        services.end(actor=self.actor, session=self.one(sessions.sessions(self.actor), pk=id))
        return _("The session is ended.")

    def leads_to(self, id: str) -> str:
        return reverse("web:access")


class EndOthers(Act):
    """Ends every session of one's own but this one."""

    roles = {"POST": EVERYONE}
    reading = True

    def act(self) -> str:
        ended = services.end_others(actor=self.actor, keeping=self.request.session.session_key)
        if not ended:
            return _("You have no other session.")
        said = ngettext("%(count)d other session is ended.", "%(count)d other sessions are ended.", ended)
        return said % {"count": ended}

    def leads_to(self) -> str:
        return reverse("web:access")
