-- What a programme teaches and asks for concerns whoever takes part in it, as the programme itself does.
SELECT raise_wall('curriculum_area');
CREATE POLICY of_the_programme ON curriculum_area USING (
    (SELECT current_setting('shugu.scope', true)) = 'all'
    OR EXISTS (
        SELECT FROM programme_organisation part
        WHERE part.programme_id = curriculum_area.programme_id
        AND part.organisation_id = (SELECT nullif(current_setting('shugu.organisation', true), '')::bigint)
    )
);
SELECT raise_wall('entry_requirement');
CREATE POLICY of_the_programme ON entry_requirement USING (
    (SELECT current_setting('shugu.scope', true)) = 'all'
    OR EXISTS (
        SELECT FROM programme_organisation part
        WHERE part.programme_id = entry_requirement.programme_id
        AND part.organisation_id = (SELECT nullif(current_setting('shugu.organisation', true), '')::bigint)
    )
);

-- The money of a cohort is its organisation's to see, that of a programme the bureau's.
SELECT raise_wall('budget_line');
CREATE POLICY own_cohorts ON budget_line USING (
    (SELECT current_setting('shugu.scope', true)) = 'all'
    OR EXISTS (
        SELECT FROM cohort
        WHERE cohort.id = budget_line.cohort_id
        AND cohort.organisation_id = (SELECT nullif(current_setting('shugu.organisation', true), '')::bigint)
    )
);

SELECT wall_by_organisation('attendance');
SELECT keep_append_only('attendance');
