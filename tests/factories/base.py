"""What the factories have in common."""

from typing import Any

import factory

from backend.accounts.scope import everything


class RowFactory(factory.django.DjangoModelFactory):
    """Writes its row under the system's scope, whatever scope the test itself is in."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        with everything():
            return super()._create(model_class, *args, **kwargs)
