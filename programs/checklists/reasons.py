"""Why a line of a list does not count, in words; what they tell a partner is of its own reports alone."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy


class Why(StrEnum):
    """Why somebody does not count towards a target."""

    INCOMPLETE = "incomplete"
    UNKNOWN_DOCUMENT = "unknown_document"
    DAMAGED_NUMBER = "damaged_number"
    WRONG_NUMBER = "wrong_number"
    NOT_REPORTED = "not_reported"
    FAILING_CHECKS = "failing_checks"
    NOT_TAKEN = "not_taken"
    OTHER_NAME = "other_name"
    BEING_COUNTED = "being_counted"
    NO_CREDENTIAL = "no_credential"
    OUTSIDE_PLAN = "outside_plan"
    NOT_COMPLETED = "not_completed"
    AWAITING_REVIEW = "awaiting_review"
    RETURNED = "returned"
    REJECTED = "rejected"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    ELSEWHERE = "elsewhere"


TO_A_PARTNER: dict[str, str | Promise] = {
    Why.NOT_REPORTED: lazy("You have not reported this number."),
}

WORDS: dict[str, str | Promise] = {
    Why.INCOMPLETE: lazy("The line lacks a name or a number."),
    Why.UNKNOWN_DOCUMENT: lazy("The kind of document is not in the table."),
    Why.DAMAGED_NUMBER: lazy("A spreadsheet damaged the number; type it again as text."),
    Why.WRONG_NUMBER: lazy("The number fails its check; compare it with the document."),
    Why.NOT_REPORTED: lazy("Nobody has reported this number."),
    Why.FAILING_CHECKS: lazy("Its row fails the checks of a submission; mend it there."),
    Why.NOT_TAKEN: lazy("Its row stands in a submission that has not been taken yet."),
    Why.OTHER_NAME: lazy("The number is reported under another name."),
    Why.BEING_COUNTED: lazy("It has been verified and is being counted right now."),
    Why.NO_CREDENTIAL: lazy("No qualifying credential was reported, or none that was held within the plan."),
    Why.OUTSIDE_PLAN: lazy("It was completed on a day outside the plan."),
    Why.NOT_COMPLETED: lazy("It is verified and not completed yet."),
    Why.AWAITING_REVIEW: lazy("It awaits the bureau's review."),
    Why.RETURNED: lazy("It was returned; mend it and send it again."),
    Why.REJECTED: lazy("It was rejected."),
    Why.REVOKED: lazy("It was verified and revoked."),
    Why.WITHDRAWN: lazy("It was withdrawn."),
    Why.ELSEWHERE: lazy("The person counts, by an earlier report than yours."),
}


def said(code: str, *, for_bureau: bool) -> str:
    """A reason in the reader's language."""
    return str(WORDS[code] if for_bureau else TO_A_PARTNER.get(code, WORDS[code]))
