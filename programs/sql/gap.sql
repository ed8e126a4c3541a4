-- What stands in the gap stays as it was written, but for its end, which it is given once.
SELECT wall_for_the_bureau('gap');
SELECT wall_for_the_bureau('gap_mark');
SELECT wall_for_the_bureau('gap_posting');
SELECT keep_append_only('gap_posting');

CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON gap FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER ends_once BEFORE UPDATE ON gap FOR EACH ROW
    WHEN (old.ended_at <> '9999-01-01 00:00:00+00' OR new.ended_at <= old.recorded_at
          OR (new.id, new.kind, new.subject_id, new.target_id, new.reason, new.head_id, new.organisation_id,
              new.programme_id, new.path, new.district, new.segment, new.credited_id, new.day, new.amount,
              new.recorded_at)
             IS DISTINCT FROM
             (old.id, old.kind, old.subject_id, old.target_id, old.reason, old.head_id, old.organisation_id,
              old.programme_id, old.path, old.district, old.segment, old.credited_id, old.day, old.amount,
              old.recorded_at))
    EXECUTE FUNCTION forbid_change();

-- Where nobody has reported or owes anything, that is so since ever; elsewhere it is known once it was worked out.
SELECT set_config('shugu.scope', 'all', true);
INSERT INTO gap_posting (recorded_at, complete, totals)
SELECT '1970-01-01 00:00:00+00', true, '{}'
WHERE NOT EXISTS (SELECT FROM person) AND NOT EXISTS (SELECT FROM submission) AND NOT EXISTS (SELECT FROM obligation);
INSERT INTO gap_mark (persons)
SELECT array_agg(id) FROM (
    SELECT id, row_number() OVER (ORDER BY id) / 10000 AS piece FROM person WHERE canonical_id IS NULL
) AS everybody GROUP BY piece ORDER BY piece;
SELECT set_config('shugu.scope', '', true);
