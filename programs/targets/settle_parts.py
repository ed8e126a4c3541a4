"""What the settler's statement shares with others: who is meant by marked persons, and how heads are added up."""

WHOSE = """
upwards AS (
    SELECT person_id AS marked, person_id FROM marked
    UNION
    SELECT upwards.marked, step.canonical_id
    FROM upwards CROSS JOIN LATERAL (
        SELECT canonical_id FROM person WHERE id = upwards.person_id AND canonical_id IS NOT NULL OFFSET 0
    ) AS step
), affected AS MATERIALIZED (
    SELECT upwards.person_id, min(marked.of_loss) AS of_loss, min(marked.of_gain) AS of_gain
    FROM upwards JOIN marked ON marked.person_id = upwards.marked
    GROUP BY upwards.person_id
), member AS (
    SELECT affected.person_id AS head, affected.person_id
    FROM affected CROSS JOIN LATERAL (
        SELECT FROM person WHERE id = affected.person_id AND canonical_id IS NULL OFFSET 0
    ) AS canonical
    UNION
    SELECT member.head, step.id
    FROM member CROSS JOIN LATERAL (
        SELECT id FROM person WHERE canonical_id = member.person_id OFFSET 0
    ) AS step
)"""
"""Of ``marked`` persons (``person_id, of_loss, of_gain``) those they were merged into as well, as ``affected``, and by
``head``, who a human being is now, everybody they are, as ``member``."""

SIDES = ", ".join(
    [
        "('', '')",
        *(f"('{name}', {name}_id::text)" for name in ("organisation", "programme")),
        *(f"('{name}', {name})" for name in ("path", "basis", "district", "segment")),
    ]
)
"""The sides from which the cube is looked at: as a whole, and by each dimension."""

TIMES = "('day', effective_on), ('month', date_trunc('month', effective_on)::date)"
