"""Every kind of reminder by its code."""

from collections.abc import Mapping

from programs.reminders.kinds.obligations import Report, Retention
from programs.reminders.kinds.questions import Matches, Threads
from programs.reminders.kinds.records import Returned
from programs.reminders.kinds.subject import Reminded
from programs.reminders.kinds.submissions import Unconfirmed

KINDS: Mapping[str, Reminded] = {
    one.kind: one for one in (Report(), Retention(), Returned(), Unconfirmed(), Threads(), Matches())
}
