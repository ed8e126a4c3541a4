"""What the factories have in common."""

import threading
from typing import Any

import factory

from backend.accounts.scope import everything

_making = threading.local()


class RowFactory(factory.django.DjangoModelFactory):
    """Writes its row, with those that it needs, under the system's scope, whatever scope the test itself is in."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @classmethod
    def _generate(cls, strategy: Any, params: Any) -> Any:
        if strategy != factory.CREATE_STRATEGY or getattr(_making, "under_way", False):
            return super()._generate(strategy, params)
        with everything():
            _making.under_way = True
            try:
                return super()._generate(strategy, params)
            finally:
                _making.under_way = False
