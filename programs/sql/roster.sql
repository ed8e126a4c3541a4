-- Finding people in the roster. The function runs as the resolver, because row security lets no index on terms be used
-- by whoever it holds; whose entries are looked at it takes from the scope, and what it returns is ids.
--
-- A page costs what it shows: the newest entries are walked first, which is enough where many fit; then the index on
-- terms is asked block by block of persons (terms A: 1,024 persons, B: 65,536), so that neither a filter that fits
-- half of the city nor one that fits nobody reads or sorts more than a part of a block.
SELECT wall_by_organisation('roster');
GRANT CREATE ON SCHEMA public TO shugu_resolver;
GRANT SELECT ON roster TO shugu_resolver;
SET ROLE shugu_resolver;

CREATE FUNCTION roster_reader() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE current_setting('shugu.scope', true)
        WHEN 'all' THEN 0::bigint
        WHEN 'organisation' THEN nullif(current_setting('shugu.organisation', true), '')::bigint END
$$;

CREATE FUNCTION roster_counts_within(targets text[], since date[], toward text, first date, last date)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (
        SELECT FROM unnest(targets, since) AS head (target, day)
        WHERE (toward IS NULL OR target = toward)
        AND day BETWEEN coalesce(first, '-infinity') AND coalesce(last, 'infinity'))
$$;

CREATE FUNCTION roster_pass(reader bigint, wanted tsquery, toward text, first date, last date,
                            past bigint, backwards boolean, most integer)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    walked CONSTANT integer := 512;
    few CONSTANT integer := 200;
    prefix CONSTANT text := to_hex(reader) || '.';
    anytime CONSTANT boolean := first IS NULL AND last IS NULL;
    lowest bigint; highest bigint; place bigint; walked_to bigint; seen integer;
    part bigint[]; coarse bigint; fine bigint; step integer; rest integer := most;
BEGIN
    SELECT min(person_id), max(person_id) INTO lowest, highest FROM roster WHERE organisation_id = reader;
    IF lowest IS NULL OR most <= 0 THEN RETURN; END IF;
    IF backwards THEN
        place := greatest(coalesce(past, lowest - 1), lowest - 1);
        SELECT array_agg(person_id ORDER BY person_id) FILTER (WHERE fits), max(person_id), count(*)
        INTO part, walked_to, seen FROM (
            SELECT person_id, terms @@ wanted AND (anytime OR roster_counts_within(targets, since, toward, first, last)) AS fits
            FROM roster WHERE organisation_id = reader AND person_id > place ORDER BY person_id LIMIT walked
        ) AS near;
    ELSE
        place := least(coalesce(past, highest + 1), highest + 1);
        SELECT array_agg(person_id ORDER BY person_id DESC) FILTER (WHERE fits), min(person_id), count(*)
        INTO part, walked_to, seen FROM (
            SELECT person_id, terms @@ wanted AND (anytime OR roster_counts_within(targets, since, toward, first, last)) AS fits
            FROM roster WHERE organisation_id = reader AND person_id < place ORDER BY person_id DESC LIMIT walked
        ) AS near;
    END IF;
    RETURN QUERY SELECT unnest(part[1:rest]);
    rest := rest - coalesce(cardinality(part), 0);
    IF rest <= 0 OR seen < walked THEN RETURN; END IF;
    step := CASE WHEN backwards THEN 1 ELSE -1 END;
    place := walked_to;
    coarse := place >> 16;
    WHILE coarse BETWEEN lowest >> 16 AND highest >> 16 LOOP
        SELECT array_agg(person_id) INTO part FROM (
            SELECT person_id FROM roster
            WHERE terms @@ (wanted && (quote_literal(prefix || 'B' || coarse))::tsquery)
            AND (person_id - place) * step > 0 AND (anytime OR roster_counts_within(targets, since, toward, first, last))
            LIMIT few
        ) AS near;
        IF cardinality(part) < few THEN
            RETURN QUERY SELECT one FROM unnest(part) AS one ORDER BY one * step LIMIT rest;
            rest := rest - least(cardinality(part), rest);
        ELSIF part IS NOT NULL THEN
            fine := CASE WHEN place >> 16 = coarse THEN place >> 10 WHEN backwards THEN coarse << 6
                         ELSE (coarse << 6) + 63 END;
            WHILE fine >> 6 = coarse AND rest > 0 LOOP
                SELECT array_agg(person_id) INTO part FROM (
                    SELECT person_id FROM roster
                    WHERE terms @@ (wanted && (quote_literal(prefix || 'A' || fine))::tsquery)
                    AND (person_id - place) * step > 0
                    AND (anytime OR roster_counts_within(targets, since, toward, first, last))
                ) AS near;
                RETURN QUERY SELECT one FROM unnest(part) AS one ORDER BY one * step LIMIT rest;
                rest := rest - least(coalesce(cardinality(part), 0), rest);
                fine := fine + step;
            END LOOP;
        END IF;
        IF rest <= 0 THEN RETURN; END IF;
        coarse := coarse + step;
    END LOOP;
END $$;

CREATE FUNCTION roster_find(wanted tsquery, best tsquery, toward text, first date, last date,
                            past_rank integer, past bigint, backwards boolean, most integer)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    reader CONSTANT bigint := roster_reader();
    anytime CONSTANT boolean := first IS NULL AND last IS NULL;
    own CONSTANT tsquery := (quote_literal(to_hex(roster_reader()) || '.R'))::tsquery;
    rest integer := most; ids bigint[]; rank integer;
BEGIN
    IF reader IS NULL THEN RETURN; END IF;
    wanted := CASE WHEN wanted IS NULL THEN own ELSE wanted && own END;
    IF most IS NULL THEN
        RETURN QUERY SELECT person_id FROM roster
            WHERE terms @@ wanted AND (anytime OR roster_counts_within(targets, since, toward, first, last));
        RETURN;
    END IF;
    FOR rank IN SELECT CASE WHEN backwards THEN one ELSE 1 - one END FROM generate_series(0, 1) AS one LOOP
        CONTINUE WHEN rank = 1 AND best IS NULL;
        CONTINUE WHEN past IS NOT NULL AND (rank - past_rank) * (CASE WHEN backwards THEN 1 ELSE -1 END) < 0;
        ids := ARRAY(SELECT roster_pass(
            reader, CASE WHEN rank = 1 THEN wanted && best WHEN best IS NULL THEN wanted ELSE wanted && !!best END,
            toward, first, last, CASE WHEN rank = past_rank THEN past END, backwards, rest));
        RETURN QUERY SELECT unnest(ids);
        rest := rest - cardinality(ids);
        EXIT WHEN rest <= 0;
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION roster_reader, roster_counts_within, roster_pass, roster_find FROM PUBLIC;
GRANT EXECUTE ON FUNCTION roster_find TO shugu_app;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;
