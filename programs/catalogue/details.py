"""What a programme teaches and what it asks of whoever enters: written whole, as they shall be."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backend.problems import FieldError
from backend.reference import selectors as reference
from programs.catalogue.models import CurriculumArea, EntryRequirement, Programme

Given = Sequence[Mapping[str, Any]]
AREA = ("code", "name_zh", "name_en", "hours")
REQUIREMENT = ("education", "title", "years", "text_zh", "text_en")
MOST_AREAS, MOST_REQUIREMENTS = 50, 10
MOST_HOURS = 10_000
MOST_YEARS = 60


def areas_of(programme: Programme) -> list[dict[str, Any]]:
    """A programme's areas as they are answered and written."""
    return [{name: getattr(area, name) for name in AREA} for area in programme.areas.all()]


def requirements_of(programme: Programme) -> list[dict[str, Any]]:
    """What a programme asks of whoever enters, as it is answered and written."""
    return [{name: getattr(one, name) for name in REQUIREMENT} for one in programme.requirements.all()]


def area_errors(areas: Given) -> list[FieldError]:
    """What is wrong with areas: too many, two of one code, or hours that are none."""
    errors = []
    if len(areas) > MOST_AREAS:
        errors.append(_too_many("areas", MOST_AREAS))
    seen: set[str] = set()
    for place, area in enumerate(areas):
        missing = [name for name in ("code", "name_zh", "hours") if area.get(name) in (None, "")]
        if missing:
            # A change of some fields of a programme still gives its areas whole.
            errors += [FieldError(f"areas.{place}.{name}", "required", _("This is needed.")) for name in missing]
            continue
        code = str(area["code"]).casefold()
        if code in seen:
            message = _("There are two areas %(code)s; give each a code of its own.") % {"code": area["code"]}
            errors.append(FieldError(f"areas.{place}.code", "unique", message))
        seen.add(code)
        if not 0 < Decimal(str(area["hours"])) <= MOST_HOURS:
            message = _("Hours lie above 0 and are %(most)d at most.") % {"most": MOST_HOURS}
            errors.append(FieldError(f"areas.{place}.hours", "out_of_range", message))
    return errors


def requirement_errors(requirements: Given) -> list[FieldError]:
    """What is wrong with requirements: too many, one that asks for nothing, or a code that is no value."""
    errors = []
    if len(requirements) > MOST_REQUIREMENTS:
        errors.append(_too_many("requirements", MOST_REQUIREMENTS))
    for place, one in enumerate(requirements):
        for table in ("education", "title"):
            if one.get(table) and one[table] not in reference.tables().labels[table].values():
                message = _("%(code)s is no value of the table %(table)s.") % {"code": one[table], "table": table}
                errors.append(FieldError(f"requirements.{place}.{table}", "invalid", message))
        if all(one.get(name) in (None, "") for name in REQUIREMENT):
            message = _("A requirement asks for something: an education, a title, years, or what its text says.")
            errors.append(FieldError(f"requirements.{place}", "required", message))
    return errors


def put_areas(programme: Programme, areas: Given) -> list[Any] | None:
    """Makes a programme's areas those given; ``[before, after]`` by code and hours where that changes anything."""
    wanted = [{"name_en": "", **one} for one in areas]
    before = areas_of(programme)
    if before == wanted:
        return None
    programme.areas.all().delete()
    CurriculumArea.objects.bulk_create(
        CurriculumArea(programme=programme, position=place, **one) for place, one in enumerate(wanted, start=1)
    )
    return [[f"{one['code']} {one['hours']}" for one in side] for side in (before, wanted)]


def put_requirements(programme: Programme, requirements: Given) -> list[Any] | None:
    """Makes what a programme asks for that which is given; ``[before, after]`` where that changes anything."""
    nothing = {"education": "", "title": "", "years": None, "text_zh": "", "text_en": ""}
    wanted = [{**nothing, **one} for one in requirements]
    before = requirements_of(programme)
    if before == wanted:
        return None
    programme.requirements.all().delete()
    EntryRequirement.objects.bulk_create(
        EntryRequirement(programme=programme, position=place, **one) for place, one in enumerate(wanted, start=1)
    )
    return [before, wanted]


def _too_many(field: str, most: int) -> FieldError:
    return FieldError(field, "max_length", _("There are %(most)d at most.") % {"most": most})
