"""The addresses of the partner's pages."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
