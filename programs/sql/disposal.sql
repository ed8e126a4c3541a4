-- Legal holds, disposal and erasure: the bureau's alone, and of its officers those of the whole city.
SELECT wall_for_the_bureau(walled::regclass) FROM unnest(ARRAY[
    'legal_hold', 'disposal_rule', 'disposal_run', 'disposed_item', 'disposal_certificate', 'privacy_request',
    'erased_person']) AS walled;
SELECT wall_by_districts(walled::regclass, 'false') FROM unnest(ARRAY[
    'legal_hold', 'disposed_item', 'privacy_request', 'erased_person']) AS walled;
SELECT keep_append_only(kept::regclass) FROM unnest(ARRAY[
    'disposed_item', 'disposal_certificate', 'erased_person']) AS kept;

-- Every row that is the same human being as one of those asked.
CREATE FUNCTION rows_of_persons(asked bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH whole AS (SELECT coalesce(canonical_id, id) AS id FROM person WHERE id = ANY (asked))
    SELECT id FROM whole UNION SELECT one.id FROM person one JOIN whole ON one.canonical_id = whole.id
$$;
COMMENT ON FUNCTION rows_of_persons IS 'The ids of all rows that are the persons whom the rows asked about are now.';

-- The holds that stand in the way of erasing persons: on themselves, on whoever reports them, on what they came in.
CREATE FUNCTION holds_on_persons(asked bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH one AS MATERIALIZED (SELECT rows_of_persons(asked) AS id),
    came AS (
        SELECT submission_id FROM record WHERE person_id IN (SELECT id FROM one)
        UNION SELECT submission_id FROM sighting WHERE person_id IN (SELECT id FROM one)
        UNION SELECT amendment.submission_id FROM amendment JOIN record ON record.id = amendment.record_id
              WHERE record.person_id IN (SELECT id FROM one)
        UNION SELECT revision.submission_id FROM revision JOIN record ON record.id = revision.record_id
              WHERE record.person_id IN (SELECT id FROM one)
    )
    SELECT id FROM legal_hold WHERE lifted_at IS NULL AND (
        person_id IN (SELECT id FROM one)
        OR organisation_id IN (SELECT organisation_id FROM person_report WHERE person_id IN (SELECT id FROM one))
        OR submission_id IN (SELECT submission_id FROM came))
$$;
COMMENT ON FUNCTION holds_on_persons IS 'The ids of the legal holds that touch the persons asked about.';

-- The organisations whose things no rule destroys: held themselves, or reporting somebody who is.
CREATE FUNCTION held_organisations() RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT organisation_id FROM legal_hold WHERE lifted_at IS NULL AND organisation_id IS NOT NULL
    UNION
    SELECT report.organisation_id FROM person_report report WHERE report.person_id IN (
        SELECT rows_of_persons(ARRAY(SELECT person_id FROM legal_hold
                                     WHERE lifted_at IS NULL AND person_id IS NOT NULL)))
$$;
COMMENT ON FUNCTION held_organisations IS 'The ids of the organisations that a legal hold touches, by themselves or by a person they report.';

-- Whoever writes down that somebody was erased is refused while a hold stands, whichever way they came.
CREATE FUNCTION refuse_held() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM holds_on_persons(ARRAY[NEW.person_id])) THEN
        RAISE EXCEPTION 'a legal hold stands on person %', NEW.person_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER held BEFORE INSERT ON erased_person FOR EACH ROW EXECUTE FUNCTION refuse_held();

-- What officers and partners said of a person in tables that are append-only. The rooms' declarations (holdings) say
-- the same; a test compares what is left with them. In questions about whole submissions only the words are replaced.
CREATE FUNCTION erase_said(persons bigint[], records bigint[], candidates bigint[], submissions bigint[], words text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE word text;
BEGIN
    IF EXISTS (SELECT FROM holds_on_persons(persons)) THEN
        RAISE EXCEPTION 'a legal hold stands' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- For this function alone: it ends with it, and with whatever undoes it.
    PERFORM set_config('shugu.erasing', 'on', true);
    UPDATE decision SET reason = '', fields = '{}', before = before - 'reason' WHERE record_id = ANY (records);
    UPDATE undoing SET reason = '' WHERE record_id = ANY (records);
    UPDATE thread_message SET text = '' WHERE thread_id IN (SELECT id FROM thread WHERE record_id = ANY (records));
    UPDATE examination SET reason = '' WHERE person_id = ANY (persons) OR record_id = ANY (records);
    UPDATE retention_answer SET note = '' WHERE check_id IN (
        SELECT id FROM retention_check WHERE person_id = ANY (persons) OR record_id = ANY (records));
    UPDATE candidate_move SET note = '' WHERE candidate_id = ANY (candidates);
    FOREACH word IN ARRAY words LOOP
        UPDATE thread_message SET text = replace(text, word, '***') WHERE position(word IN text) > 0
            AND thread_id IN (SELECT id FROM thread WHERE submission_id = ANY (submissions));
    END LOOP;
    PERFORM set_config('shugu.erasing', '', true);
END $$;
COMMENT ON FUNCTION erase_said IS 'Empties the texts in append-only tables that say something of the persons, records and candidates.';
REVOKE ALL ON FUNCTION erase_said FROM PUBLIC;

-- The rules that come with the product: drafts, so that nothing is destroyed before a bureau has looked at the basis.
SELECT set_config('shugu.scope', 'all', true);
INSERT INTO disposal_rule (kind, version, months, basis, shipped, reason) VALUES
    ('original', 1, 120, '《机关文件材料归档范围和文书档案保管期限规定》：定期 10 年；《个人信息保护法》第十九条', true, ''),
    ('sheet', 1, 120, '《机关文件材料归档范围和文书档案保管期限规定》：定期 10 年；《个人信息保护法》第十九条', true, ''),
    ('refused', 1, 24, '《个人信息保护法》第十九条：保存期限为实现处理目的所必要的最短时间', true, ''),
    ('evidence', 1, 120, '《机关文件材料归档范围和文书档案保管期限规定》：定期 10 年；《个人信息保护法》第十九条', true, ''),
    ('candidate', 1, 24, '《个人信息保护法》第四十七条第一款第一项：处理目的已实现或者无法实现', true, ''),
    ('check_list', 1, 12, '《个人信息保护法》第十九条：保存期限为实现处理目的所必要的最短时间', true, '');
