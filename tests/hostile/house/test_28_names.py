"""Hostile test 28: what a file is called decides nothing: it is kept under a random name, and its name only shown."""

import unicodedata
import uuid

import httpx
import pytest

from backend.accounts import scope
from backend.vault.files import services as files
from programs.submissions.models import Submission
from tests.hostile.house.clerk import Clerk
from tests.support.partner import as_csv

NAMES: dict[str, str] = {
    "../../x": "x",
    "..\\..\\x.csv": "x.csv",
    "/etc/passwd": "passwd",
    "C:\\名单.xlsx": "名单.xlsx",
    "名\0单.csv": "名单.csv",
    "\u202egpj.exe": "gpj.exe",
    "\u2066名\u200b单\u2069.csv": "名单.csv",
    "名\t单\x7f.csv": "名单.csv",
    ".htaccess": ".htaccess",
    "520102198001010011.csv": "520************.csv",
    "<script>alert(1)</script>.csv": "script>.csv",
    "%2e%2e%2fx.csv": "%2e%2e%2fx.csv",
    "x" * 4096 + ".csv": "x" * 120,
    "名" * 4096 + ".csv": "名" * 120,
}


def upload(clerk: Clerk, data: bytes, disposition: bytes) -> httpx.Response:
    """Send a file with a part's header of our own making, which no client would write."""
    edge = uuid.uuid4().hex.encode()
    period = b'Content-Disposition: form-data; name="period"\r\n\r\n' + clerk.partner.period.code.encode()
    parts = [period, b"Content-Disposition: form-data; " + disposition + b"\r\n\r\n" + data]
    body = b"".join(b"--" + edge + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + edge + b"--\r\n"
    kind = {"Content-Type": f"multipart/form-data; boundary={edge.decode()}"}
    return clerk.call("POST", "submissions/", content=body, headers=kind)


def kept(answer: httpx.Response) -> Submission:
    """The submission that an upload made, with its original."""
    assert answer.status_code == 202, answer.text
    with scope.everything():
        return Submission.objects.select_related("original").get(pk=answer.json()["id"])


def test_28_a_name_is_shown_cleaned_and_stored_nowhere(clerk: Clerk) -> None:
    for n, (name, shown) in enumerate(NAMES.items()):
        data = as_csv([clerk.row(n)])
        answer = upload(clerk, data, b'name="file"; filename="' + name.encode() + b'"')
        submission = kept(answer)
        assert answer.json()["file_name"] == submission.file_name == shown, ascii(name)
        assert all(unicodedata.category(character)[0] != "C" for character in shown)
        original = submission.original
        assert isinstance(original.name, uuid.UUID)
        assert original.name.version == 4
        with scope.everything():
            assert files.read(original) == data


def test_28_two_of_the_same_name_and_bytes_are_kept_apart(clerk: Clerk) -> None:
    data = as_csv([clerk.row(1)])
    both = [kept(clerk.upload(data, force="true")).original for _ in range(2)]
    assert len({one.name for one in both}) == len({one.pk for one in both}) == 2
    assert both[0].sha256 == both[1].sha256


@pytest.mark.parametrize(
    "disposition",
    [
        b'name="file"; filename=""',
        b'name="file"; filename=".."',
        b'name="file"',
        b'name="file"; filename="' + b"x" * 100_000 + b'"',
        b'name="file"; filename="x.csv"\r\nContent-Transfer-Encoding: base64',
        b"name=\"file\"; filename*=utf-8''%2e%2e%2f%00x.csv",
        b"name=\"file\"; filename*=no-such-set''x.csv",
    ],
)
def test_28_what_is_no_name_at_all(clerk: Clerk, disposition: bytes) -> None:
    answer = upload(clerk, as_csv([clerk.row(1)]), disposition)
    assert answer.status_code in (202, 400)
    if answer.status_code == 400:
        assert answer.json()["detail"]
    else:
        assert "/" not in kept(answer).file_name
