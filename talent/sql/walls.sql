-- A person is seen by the organisations that reported them; match cases by the bureau alone, because the name on
-- record for a number is not a partner's to know.

SELECT wall_by_organisation('person_report');
SELECT wall_by_organisation('credential');

CREATE FUNCTION wall_by_report(walled regclass, person_column name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM raise_wall(walled);
    EXECUTE format($policy$
        CREATE POLICY reported_by_us ON %s USING (
            (SELECT current_setting('shugu.scope', true)) = 'all'
            OR EXISTS (
                SELECT FROM person_report report
                WHERE report.person_id = %s.%I
                AND report.organisation_id = (SELECT nullif(current_setting('shugu.organisation', true), '')::bigint)
            )
        )$policy$, walled, walled, person_column);
END $$;

SELECT wall_by_report('person', 'id');
SELECT wall_by_report('identity_document', 'person_id');
SELECT wall_by_report('person_alias', 'person_id');

SELECT raise_wall('match_case');
CREATE POLICY the_bureau ON match_case USING ((SELECT current_setting('shugu.scope', true)) = 'all');
CREATE POLICY opened_by_a_commit ON match_case FOR INSERT WITH CHECK (
    organisation_id = (SELECT nullif(current_setting('shugu.organisation', true), '')::bigint)
);
