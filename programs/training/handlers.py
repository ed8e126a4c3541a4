"""What training tells other rooms: the template by which attendance comes in."""

from backend.accounts.scope import bind, read_from_above
from programs.intake.templates.template import register
from programs.training.attendance_template import ATTENDANCE
from programs.training.models import Attendance

bind(Attendance, "record__district")
read_from_above(Attendance)
register(ATTENDANCE)
