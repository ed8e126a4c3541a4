-- What was written to an organisation an officer of some districts reads where it has a record in one of these, and
-- what was written to them whoever it is about.
GRANT CREATE ON SCHEMA public TO shugu_resolver;
GRANT SELECT ON organisation TO shugu_resolver;
SET ROLE shugu_resolver;
CREATE FUNCTION district_organisations() RETURNS bigint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    own CONSTANT text[] := string_to_array(current_setting('shugu.districts', true), ',');
BEGIN
    RETURN ARRAY(SELECT id FROM organisation
                 WHERE EXISTS (SELECT FROM record WHERE organisation_id = organisation.id AND district = ANY (own)));
END $$;
COMMENT ON FUNCTION district_organisations IS
    'The organisations that have a record in one of the districts of the scope.';
REVOKE ALL ON FUNCTION district_organisations FROM PUBLIC;
GRANT EXECUTE ON FUNCTION district_organisations TO shugu_app, shugu_owner;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;

CREATE FUNCTION district_address() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp COST 1 AS $$
BEGIN
    RETURN (SELECT lower(nullif(email, '')) FROM user_account
            WHERE id = nullif(current_setting('shugu.user', true), '')::bigint);
END $$;
COMMENT ON FUNCTION district_address IS 'The address to which the officer of the scope is written.';

SELECT wall_by_districts('delivery', $condition$
    organisation_id = ANY ((SELECT district_organisations())::bigint[])
    OR (channel = 'inbox' AND recipient = (SELECT current_setting('shugu.user', true)))
    OR (channel = 'email' AND lower(recipient) = (SELECT district_address()))
$condition$);
