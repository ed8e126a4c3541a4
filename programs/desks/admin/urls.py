"""The addresses of the admin's pages."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
