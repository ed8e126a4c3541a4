-- What each login may do. Carried out after every migration by the owner; may be repeated.
-- The application owns nothing, may not TRUNCATE, and may not change what is append-only.

GRANT USAGE ON SCHEMA public TO shugu_app, shugu_loader, shugu_resolver, shugu_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shugu_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO shugu_app;
REVOKE UPDATE, DELETE ON audit_entry, ledger_entry, posting, gap, gap_posting, target_version, indicator_value, landing,
    snapshot, examination, attendance, call_note, call_subject FROM shugu_app;
REVOKE UPDATE, DELETE ON departure_entry, departure_posting, retention_answer, retention_rule FROM shugu_app;
GRANT UPDATE (ended_at) ON gap TO shugu_app;
REVOKE UPDATE, DELETE ON position_edition, candidate_move FROM shugu_app;
-- Who writes on the trail gives neither an entry's id nor its moment: both are the database's.
REVOKE UPDATE, DELETE ON audit_seal, audit_examination, audit_anchor FROM shugu_app;
REVOKE INSERT ON audit_entry FROM shugu_app;
GRANT INSERT (action_id, actor_id, actor, role, organisation_id, action, subject_type, subject_id, detail, address)
    ON audit_entry TO shugu_app;
REVOKE UPDATE, DELETE ON disposed_item, disposal_certificate, erased_person, person_look FROM shugu_app;
REVOKE DELETE ON legal_hold, disposal_run, privacy_request FROM shugu_app;
REVOKE UPDATE, DELETE ON briefing, briefing_file, briefing_issue FROM shugu_app;
REVOKE INSERT, UPDATE, DELETE ON clock_offset, django_migrations FROM shugu_app;

-- COPY FROM is refused under row security: the commit's loading step takes this role, which can add and nothing else.
GRANT INSERT ON person, identity_document, person_report, record, credential, finding TO shugu_loader;

GRANT SELECT ON person, person_alias, identity_document, record, credential TO shugu_resolver;
-- As their owner: what another login revokes is passed over with no more than a warning.
SET ROLE shugu_resolver;
REVOKE ALL ON FUNCTION known_numbers, certificates_elsewhere, false_certificates, whole_person FROM PUBLIC;
GRANT EXECUTE ON FUNCTION known_numbers, certificates_elsewhere, false_certificates, whole_person TO shugu_app;
RESET ROLE;

-- Owned by the owner, who alone may strip what is append-only; it sees what the caller's scope lets through.
GRANT EXECUTE ON FUNCTION erase_said TO shugu_app;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO shugu_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO shugu_backup;
