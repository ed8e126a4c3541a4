"""Setting what targets are to reach, as a plan file that says otherwise would."""

from typing import Any

from programs.targets import books
from programs.targets.models import Target, TargetVersion


def put_goals(*codes: str, **changes: Any) -> None:
    """Give targets (all where none is named) another goal or other days, known from now on; rolls nothing up.

    For a target that nothing was said of yet its own columns are what is said first.
    """
    targets = Target.objects.filter(code__in=codes) if codes else Target.objects.all()
    targets.update(**changes)
    for target in targets.all():
        last = TargetVersion.objects.filter(target=target).order_by("edition").last()
        TargetVersion.objects.create(
            target=target,
            edition=last.edition + 1 if last else 1,
            valid_from=target.starts_on,
            goal=target.goal,
            name_zh=target.name_zh,
            name_en=target.name_en,
            starts_on=target.starts_on,
            ends_on=target.ends_on,
            recorded_at=books.stamp(),
        )
