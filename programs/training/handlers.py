"""What training tells other rooms: the template by which attendance comes in."""

from programs.intake.templates.template import register
from programs.training.attendance_template import ATTENDANCE

register(ATTENDANCE)
