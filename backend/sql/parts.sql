-- The users of an organisation read what its parts report, for as long as these are part of it, and what was reported
-- by whoever went into it; nothing of it is theirs to write. It is a policy more for SELECT alone: what is locked, changed or entered still goes by the others.
--   shugu.parts  while a partner reads, the ids of the organisations that are part of its own, parted by commas
-- Its name comes behind those of the policies that it stands beside, and policies are asked by name: of the bureau's
-- staff it is never asked.

CREATE FUNCTION read_from_above(walled regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($policy$
        CREATE POLICY through_parts ON %s FOR SELECT USING (
            organisation_id = ANY ((SELECT string_to_array(nullif(current_setting('shugu.parts', true), ''), ','))::bigint[])
        )$policy$, walled);
END $$;

CREATE FUNCTION read_from_above_by(walled regclass, condition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($policy$
        CREATE POLICY through_parts ON %s FOR SELECT USING (
            (SELECT coalesce(current_setting('shugu.parts', true), '') <> '') AND (%s)
        )$policy$, walled, condition);
END $$;

GRANT CREATE ON SCHEMA public TO shugu_resolver;
GRANT SELECT ON organisation_change TO shugu_resolver;
SET ROLE shugu_resolver;

-- By what stands of the day and not by the organisations' own rows, which follow a day that has come within the hour.
CREATE FUNCTION organisation_parts(above bigint, day date) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE below (id) AS (
        SELECT above
        UNION
        SELECT part.organisation_id
        FROM below JOIN organisation_change part ON part.other_id = below.id
        WHERE part.kind = 'parent' AND part.withdrawn_at IS NULL AND (part.from_on IS NULL OR part.from_on <= day)
        AND NOT EXISTS (
            SELECT FROM organisation_change later
            WHERE later.organisation_id = part.organisation_id AND later.kind = 'parent' AND later.withdrawn_at IS NULL
            AND later.from_on <= day AND later.from_on > coalesce(part.from_on, '-infinity')
        )
        OR part.kind = 'merged' AND part.withdrawn_at IS NULL AND part.from_on <= day
    )
    SELECT string_agg(id::text, ',' ORDER BY id) FROM below WHERE id <> above
$$;
COMMENT ON FUNCTION organisation_parts IS
    'The ids of all that is part of an organisation on a day or has gone into it, whatever lies between, parted by commas; null: nothing is.';

REVOKE ALL ON FUNCTION organisation_parts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisation_parts TO shugu_app, shugu_owner;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;

SELECT read_from_above('organisation_change');
