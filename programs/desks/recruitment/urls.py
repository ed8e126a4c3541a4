"""The addresses of the pages of recruitment, which mirror the API's, and their place in the head."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import EVERYONE
from backend.web.navigation import RECRUITMENT, register
from programs.desks.recruitment import board, campaigns, candidates, figures, one_candidate, positions

register(27, lazy("Figures of recruitment"), "web:recruitment", "funnel", EVERYONE, RECRUITMENT)
register(28, lazy("Board"), "web:board", "view-columns", "partner officer", RECRUITMENT)
register(29, lazy("Candidates"), "web:candidates", "user-plus", "partner officer", RECRUITMENT)
register(30, lazy("Positions"), "web:positions", "briefcase", EVERYONE, RECRUITMENT)
register(31, lazy("Campaigns"), "web:campaigns", "megaphone", EVERYONE, RECRUITMENT)

urlpatterns: list[URLPattern] = [
    path("recruitment/", figures.Overview.as_view(), name="recruitment"),
    path("recruitment/funnel/", figures.FunnelPage.as_view(), name="recruitment-funnel"),
    path("recruitment/times/", figures.TimesPage.as_view(), name="recruitment-times"),
    path("recruitment/sources/", figures.SourcesPage.as_view(), name="recruitment-sources"),
    path("recruitment/demand/", figures.DemandPage.as_view(), name="recruitment-demand"),
    path("positions/", positions.Positions.as_view(), name="positions"),
    path("positions/new/", positions.NewPosition.as_view(), name="position-new"),
    path("positions/<int:id>/", positions.OnePosition.as_view(), name="position"),
    path("positions/<int:id>/close/", positions.Close.as_view(), name="position-close"),
    path("positions/<int:id>/reopen/", positions.Reopen.as_view(), name="position-reopen"),
    path("campaigns/", campaigns.Campaigns.as_view(), name="campaigns"),
    path("campaigns/new/", campaigns.NewCampaign.as_view(), name="campaign-new"),
    path("campaigns/<str:code>/", campaigns.OneCampaign.as_view(), name="campaign"),
    path("candidates/", candidates.Candidates.as_view(), name="candidates"),
    path("candidates/board/", board.Board.as_view(), name="board"),
    path("candidates/new/", candidates.NewCandidate.as_view(), name="candidate-new"),
    path("candidates/move/", candidates.MoveMany.as_view(), name="candidates-move"),
    path("candidates/<int:id>/", one_candidate.OneCandidate.as_view(), name="candidate"),
    path("candidates/<int:id>/edit/", one_candidate.EditCandidate.as_view(), name="candidate-edit"),
    path("candidates/<int:id>/move/", one_candidate.Move.as_view(), name="candidate-move"),
    path("candidates/<int:id>/arrive/", one_candidate.Arrive.as_view(), name="candidate-arrive"),
    path("candidates/<int:id>/reveal/", one_candidate.Reveal.as_view(), name="candidate-reveal"),
    path("candidates/<int:id>/documents/", one_candidate.FileDocument.as_view(), name="candidate-documents"),
    path(
        "candidates/<int:id>/documents/<int:document>/take-away/",
        one_candidate.TakeAway.as_view(),
        name="candidate-document-gone",
    ),
    path("candidates/<int:id>/documents/<int:document>/file/", one_candidate.Look.as_view(), name="candidate-document"),
]
