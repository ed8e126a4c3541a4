"""Recruitment's addresses."""

from programs.recruitment import candidates_api, figures_api, positions_api

urlpatterns = [*positions_api.urlpatterns, *candidates_api.urlpatterns, *figures_api.urlpatterns]
