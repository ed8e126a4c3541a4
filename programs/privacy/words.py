"""Taking somebody's name out of texts that are about more than them: letters, reasons, what views are called.

A name may be another's too. Only texts that hang on the person's records, their submissions, or the organisations that
report them are looked into, and there whoever bears the same name is not named any more either.
"""

from collections.abc import Iterable
from urllib.parse import quote

from django.db import connection

from programs.privacy.whose import Known

_REPORTERS = """organisation_id IN (
    SELECT organisation_id FROM person_report WHERE person_id = ANY (%(persons)s)
    UNION SELECT organisation_id FROM candidate WHERE id = ANY (%(candidates)s)
    UNION SELECT id FROM organisation WHERE kind = 'bureau')"""
_PLACES = (
    ("decision_run", ("reason",), "id IN (SELECT run_id FROM decision WHERE record_id = ANY (%(records)s))"),
    ("submission", ("file_name", "withdrawal_reason", "error"), "id = ANY (%(submissions)s)"),
    ("override", ("explanation", "reason"), "submission_id = ANY (%(submissions)s)"),
    ("delivery", ("subject", "text", "html"), _REPORTERS),
    ("list_view", ("name", "query"), _REPORTERS),
    ("check_list", ("file_name",), _REPORTERS),
    ("privacy_request", ("wanted", "identified_note", "numbers_reason", "answer"), "person_id = ANY (%(persons)s)"),
    ("legal_hold", ("reason", "lift_reason"), "person_id = ANY (%(persons)s)"),
)


def take_out(whom: Known, submissions: Iterable[int]) -> None:
    """Put three stars for the person's names and masked numbers in every such text, in the caller's transaction."""
    params = whom.whose.params | {"submissions": sorted(submissions)}
    spelt = [one for word in whom.words for one in dict.fromkeys((word, quote(word)))]
    with connection.cursor() as cursor:
        for table, columns, where in _PLACES:
            for column in columns:
                for word in spelt:
                    cursor.execute(
                        f"UPDATE {table} SET {column} = replace({column}, %(word)s, '***')"
                        f" WHERE position(%(word)s IN {column}) > 0 AND {where}",
                        params | {"word": word},
                    )
