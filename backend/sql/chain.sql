-- The chain over the audit trail: for the bureau's eyes and the system's hand, and never changed.

SELECT wall_for_the_bureau('audit_seal');
SELECT keep_append_only('audit_seal');
SELECT wall_for_the_bureau('audit_examination');
SELECT keep_append_only('audit_examination');
SELECT wall_for_the_bureau('audit_anchor');
SELECT keep_append_only('audit_anchor');
