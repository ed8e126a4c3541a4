"""The platform's tables, each defined in its own room."""

from backend.accounts.factors.models import Passkey, RecoveryCode, SecondFactor
from backend.accounts.history.models import OrganisationChange
from backend.accounts.models import AccessToken, Organisation, User
from backend.accounts.sessions.models import UserSession
from backend.api.models import IdempotencyKey
from backend.audit.models import AuditEntry
from backend.chain.models import AuditAnchor, AuditExamination, AuditSeal
from backend.jobs.models import Job
from backend.messages.endpoints.models import Endpoint
from backend.messages.inbox.models import InboxMessage
from backend.messages.models import Delivery, SuppressedAddress
from backend.outbox.models import Effect
from backend.reference.models import Code, Holiday, HolidayYear
from backend.rotation.models import Rotation
from backend.saved_views.models import SavedView
from backend.vault.files.models import SealedChunk, SealedFile
from backend.vault.models import VaultKey

__all__ = [
    "AccessToken",
    "AuditAnchor",
    "AuditEntry",
    "AuditExamination",
    "AuditSeal",
    "Code",
    "Delivery",
    "Effect",
    "Endpoint",
    "Holiday",
    "HolidayYear",
    "IdempotencyKey",
    "InboxMessage",
    "Job",
    "Organisation",
    "OrganisationChange",
    "Passkey",
    "RecoveryCode",
    "Rotation",
    "SavedView",
    "SealedChunk",
    "SealedFile",
    "SecondFactor",
    "SuppressedAddress",
    "User",
    "UserSession",
    "VaultKey",
]
