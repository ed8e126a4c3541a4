"""The addresses of the officer's pages."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
