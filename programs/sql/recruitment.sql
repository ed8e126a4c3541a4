SELECT wall_by_organisation('position');
SELECT wall_by_organisation('position_edition');
SELECT keep_append_only('position_edition');
SELECT wall_by_organisation('candidate');
SELECT wall_by_organisation('candidate_move');
SELECT keep_append_only('candidate_move');
SELECT wall_by_organisation('candidate_document');
SELECT wall_by_organisation('candidate_arrival');
SELECT wall_for_the_bureau('candidate_key');
SELECT wall_for_the_bureau('candidate_hint');

-- A campaign is known to whom its programme is known to.
SELECT raise_wall('campaign');
CREATE POLICY taking_part ON campaign USING (
    (SELECT current_setting('shugu.scope', true)) = 'all'
    OR EXISTS (SELECT FROM programme WHERE programme.id = campaign.programme_id)
);
