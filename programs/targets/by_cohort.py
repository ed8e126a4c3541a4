"""The heads that cohorts have the credit for: by target, how many persons count by a record of each cohort."""

from collections import defaultdict
from collections.abc import Collection

from django.db import connection

from backend.accounts.models import User

# From a cohort's records to the persons that they are now, and to where these stand: each step goes by an index.
_HEADS = """
SELECT record.cohort_id, target.id, count(*)
FROM record
JOIN person ON person.id = record.person_id
CROSS JOIN target
JOIN standing ON standing.target_id = target.id AND standing.person_id = coalesce(person.canonical_id, person.id)
    AND standing.record_id = record.id
    AND standing.effective_on <= (shugu_now() AT TIME ZONE 'Asia/Shanghai')::date
WHERE record.cohort_id = ANY (%s) AND record.state = 'verified'
GROUP BY record.cohort_id, target.id
"""


def heads(actor: User | None, cohort_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """By cohort, by target, the heads that count today by a record of the cohort; what is 0 is left out.

    A person counts once for a target, by one record, so that the cohorts' heads add up to no more than its figure. The
    figures are the bureau's: a partner is told none.
    """
    found: dict[int, dict[int, int]] = defaultdict(dict)
    if actor is None or not actor.is_authenticated or not actor.sees_everything or not cohort_ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [list(cohort_ids)])
        for cohort, target, people in cursor.fetchall():
            found[cohort][target] = people
    return found
