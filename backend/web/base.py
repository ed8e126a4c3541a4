"""The base of every page: who asks, what they may see, in which language, and how a refusal is shown.

How to write a page, something done by a button, and a list::

    class OneSubmission(Page):
        '''One submission.'''
        roles = {"GET": "partner officer"}
        template = "desks/submission.html"

        def get(self, request: HttpRequest, id: int) -> HttpResponse:
            return self.show(submission=self.one(selectors.submissions(self.actor), pk=id))

    class Confirm(Act):
        '''Confirms a checked submission.'''
        roles = {"POST": "partner officer"}

        def act(self, id: int) -> str:
            submission = self.one(selectors.submissions(self.actor), pk=id)
            services.confirm(actor=self.actor, submission=submission)
            return _("Confirmed.")

        def leads_to(self, id: int) -> str:
            return reverse("web:submission", args=[id])

    class Submissions(lists.ListPage): …      # see backend.web.lists

A page runs in the request's transaction (``ATOMIC_REQUESTS``) and is rendered inside it, in the actor's scope. What a
service refuses (``Problem``) becomes a page that says so; an ``Act`` shows it above the page it leads back to.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.template import loader
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as lazy
from django.views import View

from backend.faults import as_problem
from backend.problems import Forbidden, NotFound, Problem, Sought, Unproven, reading_only, register
from backend.web import looks

logger = logging.getLogger(__name__)

# Django loads the error pages when the first is needed; what they answer can be read about before.
register(stale_form=lazy("The form is not valid any more"))

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
EVERYONE = "partner officer manager admin"
NUL = "\x00"
PROVEN = "proven_at"
"""Where a session says when its user last proved who they are."""
WHOLE_PAGE = "shugu:whole-page"
"""What the script is told that is to send a part's form as a whole page (``app.js``)."""


class SeeOther(HttpResponseRedirect):
    """Sends the browser on with a GET, whatever it had sent."""

    status_code = 303


class SentOn(HttpResponseRedirect):
    """Has the browser send the same once more, to another address of ours."""

    status_code = 307


class Page(View):
    """One page. ``roles`` says by method who may; a method that is not named is nobody's.

    A partner whose login is ``read_only`` may not POST, whatever is declared, unless the page is ``reading``: one whose
    POST writes nothing but audit. ``from_above``: a GET also reads what the parts of a partner's organisation
    report; with ``acts_from_above`` a POST too, whose service then sees to it that nothing of theirs is written.
    """

    roles: ClassVar[Mapping[str, str]] = {}
    template: ClassVar[str] = ""
    reading: ClassVar[bool] = False
    from_above: ClassVar[bool] = False
    acts_from_above: ClassVar[bool] = False
    http_method_names = ["get", "head", "post"]

    @property
    def actor(self) -> Any:
        """The user who asks."""
        return self.request.user

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with looks.nobody_reading():
            return self._answer(request, *args, **kwargs)

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse
        try:
            response = self._admit(request) or self._within_savepoint(request, *args, **kwargs)
        except Exception as error:
            problem = as_problem(error)
            if problem is None:
                raise
            if isinstance(problem, Unproven):
                return self._kept_at(settings.PROVING_URL)
            if problem.status >= 500:
                # The database may be what failed: nothing is asked of it any more.
                logger.error("answered %s: %s", problem.status, error, exc_info=error)
                transaction.set_rollback(True)
                return bare_page(problem, request)
            response = self.refuse(problem)
            response.problem = problem  # type: ignore[attr-defined]  # as the API's refusals bear it
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _within_savepoint(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # What is refused is undone, and the page that says so can still ask the database who is reading it.
        with transaction.atomic():
            return super().dispatch(request, *args, **kwargs)

    @classmethod
    def admits(cls, actor: Any, method: str = "POST") -> bool:
        """Whether ``actor`` may use this page by ``method``: for what leads there."""
        reads_only = getattr(actor, "read_only", False) and method not in SAFE and not cls.reading
        return getattr(actor, "role", "") in cls.roles.get(method, "").split() and not reads_only

    def _admit(self, request: HttpRequest) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated:
            return self._to_sign_in(request)
        since = request.session.get(PROVEN)
        user.proven_at = dt.datetime.fromisoformat(since) if since else None
        import_string(settings.ENTER_SCOPE)(user, self.acts_from_above or (self.from_above and request.method in SAFE))
        translation.activate(getattr(user, "language", settings.LANGUAGE_CODE))
        request.LANGUAGE_CODE = translation.get_language()
        looks.read_by(user, str(request.LANGUAGE_CODE))
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in self.roles:
            raise Problem(405, "method_not_allowed")
        if getattr(user, "role", "") not in self.roles[method].split():
            raise Forbidden
        if getattr(user, "read_only", False) and method not in SAFE and not self.reading:
            raise reading_only(user)
        return None

    def _to_sign_in(self, request: HttpRequest) -> HttpResponse:
        if is_partial(request):
            # The whole page goes to the sign-in, not the part that was to be replaced; what was typed goes along.
            name, value = ("HX-Refresh", "true") if request.method in SAFE else ("HX-Trigger", WHOLE_PAGE)
            return HttpResponse(status=204, headers={name: value})
        if request.method not in SAFE:
            return self._kept_at(settings.KEEPING_URL)
        return redirect_to_login(request.get_full_path())

    def _kept_at(self, url_name: str) -> HttpResponse:
        """Has the browser send the same form to a page that keeps it until its sender is known."""
        if is_partial(self.request):
            return HttpResponse(status=204, headers={"HX-Trigger": WHOLE_PAGE})
        return SentOn(f"{resolve_url(url_name)}?{urlencode({'to': self.request.get_full_path()})}")

    def refuse(self, problem: Problem) -> HttpResponse:
        """The page that says what was refused and what to do."""
        return problem_page(self.request, problem)

    def show(self, template: str = "", status: int = 200, **context: Any) -> HttpResponse:
        """The page, rendered now: after the view its transaction is over, and with it the scope."""
        return render(self.request, template or self.template, context, status=status)

    def one(self, queryset: QuerySet, *, named: Mapping[str, Any] | None = None, **lookup: Any) -> Any:
        """The one row of ``queryset`` by an address's ``code`` or ``id``.

        Args:
            named: what the address names, where ``queryset`` is narrowed to it already.

        Raises:
            NotFound: it is not there, or the actor may not see it.
        """
        if any(isinstance(value, str) and NUL in value for value in lookup.values()):
            raise NotFound
        row = queryset.filter(**lookup).first()
        if row is None:
            sought = named or lookup
            raise NotFound(sought=Sought(queryset.model, sought) if sought else None)
        if self.from_above or self.acts_from_above:
            self.actor.turns_to(row)
        return row


class Act(Page):
    """Something that is done by a button: POST, then on to a page that says what came of it."""

    http_method_names = ["post"]

    def act(self, *args: Any, **kwargs: Any) -> str:
        """Does it, through a service; the sentence that says what was done. Raises Problem."""
        raise NotImplementedError

    def leads_to(self, *args: Any, **kwargs: Any) -> str:
        """The address of the page that is shown then, whether it was done or refused."""
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        said = self.attempt(lambda: self.act(**kwargs))
        if said:
            messages.success(request, said)
        return self.go(self.leads_to(**kwargs))

    def attempt(self, act: Callable[[], str]) -> str:
        """Does it in a transaction of its own; a refusal is said above the next page."""
        try:
            with transaction.atomic():
                return act()
        except (NotFound, Unproven):
            raise
        except Problem as problem:
            messages.error(self.request, sentence(problem))
            return ""

    def go(self, address: str) -> HttpResponse:
        """On to ``address``; a part of a page is told to take the whole page there."""
        if is_partial(self.request):
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return SeeOther(address)


def is_partial(request: HttpRequest) -> bool:
    """Whether only a part of a page was asked for, to be put in place by htmx."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where a form says (``next``) that its reader came from, if that is one of our own pages; else ``otherwise``."""
    wanted = request.POST.get("next") or request.GET.get("next") or otherwise
    own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if own else otherwise


def sentence(problem: Problem) -> str:
    """A refusal in one line: its detail, and what is wrong with each field."""
    wrong = [str(error.message) for error in problem.errors]
    detail = str(problem.detail) if not wrong or problem.code != "invalid" else ""
    return " ".join(part for part in (detail, *wrong) if part) or str(problem.body()["title"])


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A refusal as a page of its own; where a part was asked for, as what htmx puts above the page that stays."""
    partial = is_partial(request)
    template = "web/problem_part.html" if partial else "web/problem.html"
    context = {"problem": problem.body(), "sentence": sentence(problem)}
    response = render(request, template, context, status=problem.status)
    for name, value in problem.headers.items():
        if name != "WWW-Authenticate":
            response[name] = value
    if partial:
        # What was to be replaced stays: a refusal has nothing of what the asking element would select from it.
        for name, value in (("Retarget", "#messages"), ("Reswap", "innerHTML"), ("Reselect", ".alert")):
            response[f"HX-{name}"] = value
    return response


def bare_page(problem: Problem, request: HttpRequest | None = None) -> HttpResponse:
    """A refusal as a page that needs neither the database nor to know who asks; ``request`` for its cookies alone."""
    # Not as the template's request: what that brings along would ask the database.
    context = {"problem": problem.body(), "sentence": sentence(problem), "request": request}
    page = loader.render_to_string("web/bare.html", context)
    response = HttpResponse(page, status=problem.status, headers={"Cache-Control": "no-store"})
    if "Retry-After" in problem.headers:
        response["Retry-After"] = problem.headers["Retry-After"]
    return response
