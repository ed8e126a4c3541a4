"""The draw can be repeated by anybody who has the seed and the members."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from programs.review.sampling.drawing import drawn, mark, new_seed


def test_a_draw_is_what_its_description_says() -> None:
    # Worked out by `printf '%s' '00112233445566778899aabbccddeeff|1' | sha256sum` and so on.
    seed = "00112233445566778899aabbccddeeff"
    assert mark(seed, 1) == "a9dad46742ac428e539c1a6383e10f6bd65efb62581c2a2ff0764bf15e5a212c"
    assert drawn(seed, range(1, 11)) == [4, 2, 7, 6, 9, 3, 10, 8, 5, 1]


@given(st.lists(st.integers(1, 10**9), unique=True, max_size=50), st.randoms())
def test_the_order_of_the_members_does_not_matter(ids: list[int], random: object) -> None:
    seed = new_seed()
    again = list(ids)
    random.shuffle(again)  # type: ignore[attr-defined]
    assert drawn(seed, ids) == drawn(seed, again)
    assert sorted(drawn(seed, ids)) == sorted(ids)


def test_seeds_differ_and_every_member_has_its_chance() -> None:
    seeds = {new_seed() for _ in range(500)}
    assert len(seeds) == 500
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in seeds)
    first = Counter(drawn(f"{number:032x}", range(10))[0] for number in range(2000))
    assert set(first) == set(range(10))
    # 200 each are expected; six standard deviations to either side.
    assert all(120 < count < 280 for count in first.values())
