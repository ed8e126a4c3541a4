"""A roster of made-up people by the hundred thousand, as the city's would be skewed: many trained and few introduced,
one great university and many small partners, programmes that follow one another, high-end people rare."""

import psycopg

from programs.roster.terms import name_key, terms_of_name
from tests.support.databases import address, admin_url

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "建国",
    "志强",
    "丽娟",
    "晓东",
    "雪梅",
    "国栋",
    "海燕",
    "小龙",
    "子涵",
    "浩然",
)

# One person each: everything follows from the number, so that two fillings of one size are the same.
_FILL = """
INSERT INTO roster (organisation_id, person_id, name, name_key, gender, birth_date, documents, organisations, states,
                    tier, targets, since, bases, credited, reason, terms)
SELECT 0, n, known.name, known.key, gender, birth, documents, ARRAY[org], ARRAY[state], tier, targets,
       array_fill(since, ARRAY[cardinality(targets)]), bases, array_fill(org, ARRAY[cardinality(targets)]),
       CASE WHEN counted THEN reason ELSE '' END,
       array_to_tsvector(array(SELECT DISTINCT '0.' || term FROM unnest(
           known.terms || ARRAY['R', 'A' || (n >> 10), 'B' || (n >> 16), 's' || state, 'o' || org, 'g' || programme,
             'w' || path, 'u' || outcome, 'd' || district, 'm' || segment, 't' || tier, 'x' || gender,
             'z' || extract(year FROM birth), 'e' || education, 'h' || to_hex(n %% 10000)]
           || CASE WHEN title <> '' THEN ARRAY['l' || title] ELSE '{}' END
           || CASE WHEN counted THEN ARRAY['c*', 'call', 'k' || org, 'bnone', 'y' || to_char(since, 'YYYY'),
                                           'y' || to_char(since, 'YYYY-MM'), 'y' || since, 'a' || reason]
                   ELSE ARRAY['n*', 'nall'] END
           || CASE WHEN counted AND high THEN ARRAY['chigh-end', 'beducation'] ELSE ARRAY['nhigh-end'] END) AS term))
FROM (
    SELECT *, CASE WHEN counted THEN CASE WHEN high THEN ARRAY['high-end', 'all'] ELSE ARRAY['all'] END
                   ELSE '{}'::text[] END AS targets,
           CASE WHEN counted THEN CASE WHEN high THEN ARRAY['education', 'none'] ELSE ARRAY['none'] END
                ELSE '{}'::text[] END AS bases
    FROM (
        SELECT *, state = 'verified' AND outcome = 'completed' AS counted,
               CASE WHEN high THEN 'high_end' ELSE 'other' END AS tier,
               date '2017-12-01' + (n * 1100 / %(size)s)::int AS since
        FROM (
            SELECT n,
                   hashint8(n) & 2147483647 AS h,
                   'ORG-' || least(59, (60 * power((hashint8(n * 7 + 1) & 65535) / 65536.0, 3))::int) AS org,
                   'PROG-' || (n * 24 / %(size)s) || '-' || (n %% 5) AS programme,
                   CASE WHEN n %% 5 = 4 THEN 'introduced' ELSE 'trained' END AS path,
                   (ARRAY['520102','520103','520111','520112','520113','520115','520121','520122','520123','520181',
                          'unspecified'])[
                       1 + least(10, (11 * power((hashint8(n * 3 + 5) & 65535) / 65536.0, 2))::int)] AS district,
                   (ARRAY['core','related','derivative','unspecified'])[1 + (hashint8(n * 11) & 3)] AS segment,
                   CASE WHEN n > %(size)s * 0.93 THEN 'submitted'
                        WHEN hashint8(n * 13) & 63 = 0 THEN 'rejected' WHEN hashint8(n * 13) & 63 = 1 THEN 'returned'
                        WHEN hashint8(n * 13) & 127 = 66 THEN 'revoked'
                        WHEN hashint8(n * 13) & 127 = 67 THEN 'withdrawn'
                        ELSE 'verified' END AS state,
                   CASE WHEN hashint8(n * 17) & 15 = 0 THEN 'in_progress'
                        WHEN hashint8(n * 17) & 31 = 1 THEN 'withdrawn'
                        ELSE 'completed' END AS outcome,
                   hashint8(n * 19) & 15 = 0 AS high,
                   (ARRAY['verified','verified','verified','verified','corrected','reclassified','merged','rule_changed'])[
                       1 + (hashint8(n * 23) & 7)] AS reason,
                   CASE WHEN hashint8(n * 29) & 1 = 0 THEN '1' ELSE '2' END AS gender,
                   date '1965-01-01' + (hashint8(n * 31) & 8191) AS birth,
                   (ARRAY['11','14','21','21','31','31'])[1 + (hashint8(n * 37) & 2147483647) %% 6] AS education,
                   CASE WHEN hashint8(n * 41) & 7 = 0 THEN '082' ELSE '' END AS title,
                   jsonb_build_array(jsonb_build_object('id_type', '111', 'number',
                       '520*************' || lpad((n %% 100)::text, 2, '0'))) AS documents
            FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
        ) AS made
    ) AS judged
) AS person JOIN made_name AS known ON known.id = person.h %% (SELECT count(*) FROM made_name)
"""
PIECE = 100_000
FEW = 1_000


def fill_roster(size: int, first: int = 1) -> None:
    """Put so many people into the bureau's roster, past the wall, and analyse it; its indexes stand afterwards."""
    names = [surname + given for surname in SURNAMES for given in GIVEN]
    with psycopg.connect(_administrator(), autocommit=True) as link:
        link.execute("CREATE TEMPORARY TABLE made_name (id bigint PRIMARY KEY, name text, key text, terms text[])")
        with link.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO made_name VALUES (%s, %s, %s, %s)",
                [(place, name, name_key(name), list(terms_of_name(name))) for place, name in enumerate(names)],
            )
        index = "SELECT pg_get_indexdef('roster_terms'::regclass)"
        [[definition]] = link.execute(index).fetchall()
        if size > FEW:
            link.execute("DROP INDEX roster_terms")
        for start in range(first, first + size, PIECE):
            last = min(start + PIECE, first + size) - 1
            link.execute(_FILL, {"size": size, "first": start, "last": last})
        if size > FEW:
            link.execute("SET maintenance_work_mem = '1GB'")
            link.execute(definition)
        link.execute("VACUUM ANALYZE roster")


def _administrator() -> str:
    return admin_url().rsplit("/", 1)[0] + "/" + address("default").rsplit("/", 1)[1]
