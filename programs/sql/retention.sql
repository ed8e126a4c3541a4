SELECT wall_by_organisation('retention_check');
SELECT wall_by_organisation('retention_answer');
SELECT keep_append_only('retention_answer');
SELECT wall_for_the_bureau('retention_rule');
SELECT keep_append_only('retention_rule');

SELECT wall_by_organisation('departure');
SELECT wall_for_the_bureau('departure_entry');
SELECT keep_append_only('departure_entry');
SELECT wall_for_the_bureau('departure_cell');
SELECT wall_for_the_bureau('departure_posting');
SELECT keep_append_only('departure_posting');
SELECT wall_for_the_bureau('stay_mark');
-- A cell is changed in place, and often: room for that beside it keeps its index as it is.
ALTER TABLE departure_cell SET (fillfactor = 60);

-- Of who was introduced it is asked after half a year and after a year, of who was trained after half a year.
SELECT set_config('shugu.scope', 'all', true);
INSERT INTO retention_rule (path, valid_from, months, reason)
VALUES ('introduced', '1900-01-01', '{6,12}', ''), ('trained', '1900-01-01', '{6}', '');
-- Whoever was verified before is asked after too.
INSERT INTO stay_mark (persons)
SELECT array_agg(person_id) FROM (
    SELECT person_id, row_number() OVER (ORDER BY person_id) / 2000 AS piece
    FROM (SELECT DISTINCT person_id FROM record WHERE state = 'verified') AS verified
) AS everybody GROUP BY piece ORDER BY piece;
SELECT set_config('shugu.scope', '', true);
