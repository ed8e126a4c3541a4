"""Which role may use which method of a view: declared on the view, refused where nothing is declared."""

from collections.abc import Mapping

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.problems import reading_only

EVERYONE = "partner officer manager admin"


def roles(allowed: Mapping[str, str]) -> type[BasePermission]:
    """A permission class: by method, the roles that may use it, parted by spaces.

    ``permission_classes = [roles({"GET": EVERYONE, "POST": "partner officer"})]``. A method that is not named is
    nobody's. A partner whose login is ``read_only`` may not write, whatever is declared. Without a login: 401.
    """
    by_method = {method.upper(): frozenset(names.split()) for method, names in allowed.items()}
    unknown = frozenset().union(*by_method.values()) - frozenset(EVERYONE.split())
    if unknown:
        raise ValueError(f"no such role: {', '.join(sorted(unknown))}")

    class Roles(BasePermission):
        by_role = by_method

        def has_permission(self, request: Request, view: APIView) -> bool:
            user = request.user
            if user is None or not user.is_authenticated:
                return False
            method = "GET" if request.method == "HEAD" else str(request.method)
            if user.role not in by_method.get(method, frozenset()):
                return False
            if user.read_only and method not in SAFE_METHODS and not getattr(view, "reading", False):
                raise reading_only(user)
            return True

    return Roles
