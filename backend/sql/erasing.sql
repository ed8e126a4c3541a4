-- What is append-only stays so for every login. The tables named here hold texts in which somebody may be named, and
-- one function of the owner's, which says which table it is at, may empty these texts when that person is erased
-- (erase_said). The trail and the ledger are not among them and are never changed.
CREATE OR REPLACE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND TG_TABLE_NAME IN ('decision', 'undoing', 'thread_message', 'examination', 'retention_answer', 'candidate_move')
       AND current_setting('shugu.erasing', true) = 'on'
       AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
