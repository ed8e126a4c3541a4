"""Made-up people for the demonstration's partner files: names, documents, education and titles that hang together.

Every number is well-formed, check character included, and belongs to nobody: the area parts of the identity numbers
were never issued, mobile numbers begin with 1990000, addresses end in example.com.
"""

import datetime as dt
import random
from dataclasses import dataclass

SURNAMES = (*"冉简岑敖晏喻柏滕瞿骆鲍蓝蒙葛祝游卓庞申庄温施严聂樊凌霍倪柯宣戚井牟桑商左", "令狐", "司徒", "欧阳", "上官")
GIVEN = tuple("若溪澄铭瑾沐珂霖煜岚昕彦哲睿蕾萌朗曦筠甫棠宁衡屹骁颖璐苒桐晟弘润旭韬忻朔竹琰恺蔚")
NEVER_ISSUED_AREAS = (
    "520191",
    "520193",
    "520195",
    "520197",
    "520393",
    "520396",
    "522692",
    "430191",
    "510195",
    "500194",
)
SCHOOLS = (
    ("贵州大学", "10657"),
    ("贵州大学", "10657"),
    ("贵州财经大学", "10671"),
    ("贵州师范大学", "10663"),
    ("贵州民族大学", "10672"),
    ("贵州理工学院", "14440"),
    ("重庆大学", "10611"),
    ("云南大学", "10673"),
    ("湖南大学", "10532"),
)
# education code, its label, its two digits in a certificate number, age at graduation
DOCTOR = ("11", "博士研究生毕业", "01", 29)
MASTER = ("14", "硕士研究生毕业", "02", 26)
BACHELOR = ("21", "大学本科毕业", "05", 22)
COLLEGE = ("31", "大学专科毕业", "06", 21)
QUALIFYING_EDUCATION = {DOCTOR[0], MASTER[0]}
QUALIFYING_TITLES = {"高级工程师", "正高级工程师"}

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up person, as a clerk would know them."""

    name: str
    number: str
    gender: str
    born_on: dt.date
    education: tuple[str, str, str, int]
    school: str
    graduated_on: dt.date
    education_cert_no: str
    title: str
    title_awarded_on: dt.date | None
    title_cert_no: str
    mobile: str
    email: str

    @property
    def qualifies(self) -> bool:
        """Whether they hold a credential that the shipped plan takes for high-end."""
        return self.education[0] in QUALIFYING_EDUCATION or self.title in QUALIFYING_TITLES


def resident_number(area: str, born_on: dt.date, sequence: int) -> str:
    """A resident identity number with its check character (GB 11643: MOD 11-2)."""
    body = f"{area}{born_on:%Y%m%d}{sequence:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def credit_code(area: str, body: str) -> str:
    """A unified social credit code of an enterprise (GB 32100), over eight characters of an organisation's code."""
    values = ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(character) for character in body]
    own = 11 - sum(value * weight for value, weight in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    code = f"91{area}{body}{'X' if own == 10 else own % 11}"
    total = sum(_USCC_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code))
    return code + _USCC_ALPHABET[(31 - total % 31) % 31]


class Population:
    """Draws people one after another, none like another: numbers and certificates are never repeated."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)
        self._numbers: set[str] = set()
        self._serial = self.chance.randrange(100_000, 200_000)

    def draw(self, *, seniors: float = 0.05, postgraduates: float = 0.14) -> Person:
        """A new person; ``seniors`` and ``postgraduates`` are the shares holding a senior title or such a degree."""
        chance = self.chance
        education = chance.choices(
            (DOCTOR, MASTER, BACHELOR, COLLEGE),
            (postgraduates / 6, postgraduates * 5 / 6, (1 - postgraduates) * 0.7, (1 - postgraduates) * 0.3),
        )[0]
        senior = chance.random() < seniors
        youngest = 1981 if senior else 2018 - education[3] - 1
        born_on = dt.date(chance.randint(1972, youngest), 1, 1) + dt.timedelta(days=chance.randrange(365))
        # Certificates have 18 digits from 2003 on; nobody here graduated before.
        graduated_on = dt.date(max(born_on.year + education[3], 2003), chance.choice((6, 7)), chance.randint(10, 30))
        school, school_code = chance.choice(SCHOOLS)
        title, awarded_on, title_cert_no = "", None, ""
        if senior or (chance.random() < 0.12 and graduated_on.year <= 2012):
            title = chance.choice(("高级工程师",) * 4 + ("正高级工程师",)) if senior else "工程师"
            awarded_on = dt.date(chance.randint(2013, 2018), chance.randint(10, 12), chance.randint(1, 28))
            title_cert_no = f"GZZC{awarded_on.year}{self._next():06d}"
        serial = self._next()
        return Person(
            name=self.name(),
            number=(number := self.number(born_on)),
            gender="男" if int(number[16]) % 2 else "女",
            born_on=born_on,
            education=education,
            school=school,
            graduated_on=graduated_on,
            education_cert_no=f"{school_code}1{graduated_on.year}{education[2]}{serial:06d}",
            title=title,
            title_awarded_on=awarded_on,
            title_cert_no=title_cert_no,
            mobile=f"1990000{chance.randrange(10_000):04d}",
            email=f"u{serial}@example.com" if chance.random() < 0.4 else "",
        )

    def name(self) -> str:
        """A surname with one given character or two."""
        return self.chance.choice(SURNAMES) + "".join(self.chance.sample(GIVEN, self.chance.choice((1, 2, 2, 2))))

    def number(self, born_on: dt.date) -> str:
        """A resident number that nobody else here has."""
        while True:
            number = resident_number(self.chance.choice(NEVER_ISSUED_AREAS), born_on, self.chance.randint(1, 999))
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def _next(self) -> int:
        self._serial += self.chance.randint(1, 9)
        return self._serial
