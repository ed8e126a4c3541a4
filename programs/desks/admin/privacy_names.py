"""What the trail's codes about requests of persons, holds and disposal are called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

ACTIONS: Mapping[str, str | Promise] = {
    "privacy.receive": lazy("Took a person’s request down"),
    "privacy.identify": lazy("Confirmed who asks"),
    "privacy.assign": lazy("Gave a person’s request to an officer"),
    "privacy.order_copy": lazy("Ordered the copy of what is held"),
    "privacy.copy": lazy("Made the copy of what is held"),
    "privacy.fetch": lazy("Fetched the copy of what is held"),
    "privacy.drop_copy": lazy("Copy destroyed, its time was over"),
    "privacy.ask": lazy("Asked an organisation for a correction"),
    "privacy.propose": lazy("Proposed to erase a person"),
    "privacy.approve": lazy("Approved that a person is erased"),
    "privacy.held": lazy("Stopped by a legal hold"),
    "privacy.erase": lazy("Erased a person"),
    "privacy.answered": lazy("Answered a person’s request"),
    "privacy.refused": lazy("Refused a person’s request"),
    "privacy.withdrawn": lazy("Closed a request that was taken back"),
    "privacy.report": lazy("Read who has looked"),
    "hold.place": lazy("Placed a legal hold"),
    "hold.lift": lazy("Lifted a legal hold"),
    "disposal_rule.draft": lazy("Drafted a disposal rule"),
    "disposal_rule.switch_on": lazy("Switched a disposal rule on"),
    "disposal_rule.switch_off": lazy("Switched a disposal rule off"),
    "disposal.certify": lazy("Issued a disposal certificate"),
}
SUBJECTS: Mapping[str, str | Promise] = {
    "privacy_request": lazy("Request of a person"),
    "legal_hold": lazy("Legal hold"),
    "disposal_rule": lazy("Disposal rule"),
    "disposal_certificate": lazy("Disposal certificate"),
}
WORDS: Mapping[str, str | Promise] = {
    "basis": lazy("Legal basis"),
    "certificate": lazy("Disposal certificate"),
    "identified": lazy("How identity was found out"),
    "in_full": lazy("Number in full"),
    "items": lazy("Things destroyed"),
    "parts": lazy("Things destroyed"),
    "thread": lazy("Question"),
    "version": lazy("Version"),
    "why": lazy("Reason"),
}
