"""The addresses of the manager's pages."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
