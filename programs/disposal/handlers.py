"""The nightly job of disposal, and what is said of a file that was destroyed."""

from typing import Any

from django.utils.translation import gettext as _

from backend.accounts.scope import everything
from backend.jobs.services import Run, handles
from backend.vault.files.services import explains_disposal
from programs.disposal import services
from programs.disposal.models import DisposedItem


@handles(services.DISPOSE)
def dispose(run: Run) -> dict[str, Any]:
    """Destroys what is due under the rules in force."""
    return services.dispose(run)


def _under_which_rule(file_id: int) -> str:
    """In words by which rule a file was destroyed; whoever asks for it, a partner too, may know."""
    with everything():
        item = DisposedItem.objects.filter(file_id=file_id).select_related("run__rule", "run__certificate").first()
        if item is None:
            return ""
        if item.run.rule is None:
            return _("It held the data of somebody who was erased at their request.")
        given = {"rule": item.run.rule.get_kind_display(), "months": item.run.rule.months, "id": item.run_id}
        certificate = getattr(item.run, "certificate", None)
        if certificate is None:
            return _("Disposal rule: %(rule)s, kept for %(months)d months.") % given
        given["number"] = certificate.number
        return _("Disposal rule: %(rule)s, kept for %(months)d months; disposal certificate no. %(number)d.") % given


explains_disposal(_under_which_rule)
