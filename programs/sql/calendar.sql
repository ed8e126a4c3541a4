SELECT wall_by_organisation('calendar_feed');
SELECT wall_by_organisation('published_day');

-- A scheme is known to whom it covers, and so are its periods: their codes may name an organisation.
SELECT raise_wall('period_scheme');
CREATE POLICY covered ON period_scheme USING (
    (SELECT current_setting('shugu.scope', true)) = 'all'
    OR organisation_id = (SELECT nullif(current_setting('shugu.organisation', true), '')::bigint)
    OR EXISTS (
        SELECT FROM programme_organisation part
        WHERE part.programme_id = period_scheme.programme_id
        AND part.organisation_id = (SELECT nullif(current_setting('shugu.organisation', true), '')::bigint)
    )
);
SELECT raise_wall('period');
CREATE POLICY covered ON period USING (
    scheme_id IS NULL
    OR (SELECT current_setting('shugu.scope', true)) = 'all'
    OR EXISTS (SELECT FROM period_scheme scheme WHERE scheme.id = period.scheme_id)
);

-- What is granted to all concerns every partner; only the bureau grants.
SELECT raise_wall('due_extension');
CREATE POLICY concerned ON due_extension FOR SELECT USING (
    (SELECT current_setting('shugu.scope', true)) = 'all'
    OR organisation_id = (SELECT nullif(current_setting('shugu.organisation', true), '')::bigint)
    OR organisation_id IS NULL AND (SELECT current_setting('shugu.scope', true)) = 'organisation'
);
CREATE POLICY the_bureau_grants ON due_extension
    USING ((SELECT current_setting('shugu.scope', true)) = 'all');
