-- What became of an organisation stays as it was entered, but for its withdrawal, which comes once.
SELECT wall_by_organisation('organisation_change');

CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON organisation_change
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER withdrawn_once BEFORE UPDATE ON organisation_change FOR EACH ROW
    WHEN (old.withdrawn_at IS NOT NULL
          OR (new.id, new.organisation_id, new.kind, new.from_on, new.name_zh, new.name_en, new.other_id, new.reason,
              new.entered_at, new.entered_by_id)
             IS DISTINCT FROM
             (old.id, old.organisation_id, old.kind, old.from_on, old.name_zh, old.name_en, old.other_id, old.reason,
              old.entered_at, old.entered_by_id))
    EXECUTE FUNCTION forbid_change();

-- Those that are there were called so, and part of that, for as long as the books know of them.
SELECT set_config('shugu.scope', 'all', true);
INSERT INTO organisation_change (organisation_id, kind, name_zh, name_en, reason, entered_at, withdrawal_reason)
SELECT id, 'name', name_zh, name_en, '', created_at, '' FROM organisation;
INSERT INTO organisation_change (organisation_id, kind, name_zh, name_en, other_id, reason, entered_at, withdrawal_reason)
SELECT id, 'parent', '', '', parent_id, '', created_at, '' FROM organisation WHERE parent_id IS NOT NULL;
SELECT set_config('shugu.scope', '', true);
