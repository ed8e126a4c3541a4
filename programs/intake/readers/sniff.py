"""What a file is by its content; its name is never looked at."""

import re

from programs.intake.readers.limits import Refused

ZIP, OLE, TEXT = "zip", "ole", "text"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"#!", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"RIFF", "image"),
    (b"Rar!\x1a", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"PK\x07\x08", "archive"),
    # a BIFF stream without its container: BOF records of Excel 2.1, 3 and 4
    (b"\x09\x00\x04\x00", "old"),
    (b"\x09\x02\x06\x00", "old"),
    (b"\x09\x04\x06\x00", "old"),
)
_PRINTABLE = (b"MZ", b"BM", b"RIFF", b"GIF8", b"BZh")
"""Signatures that a text may begin with too: they count only with bytes behind them that no text has."""

_EICAR = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_MARKUP = re.compile(r"\s*(?:<(?P<xml>\?xml)|<[A-Za-z!?/]|MIME-Version\s*:)", re.IGNORECASE)


def container(data: bytes) -> str:
    """``zip``, ``ole`` or ``text`` by the file's first bytes.

    Raises:
        Refused: F01 for an empty file and for what is known to be something else.
    """
    if not data:
        raise Refused("F01", reason="empty", line=None)
    if data.startswith(b"PK\x03\x04"):
        return ZIP
    if data.startswith(_OLE):
        return OLE
    for signature, reason in _FOREIGN:
        if data.startswith(signature) and (signature not in _PRINTABLE or _binary(data[:4096])):
            raise Refused("F01", reason=reason, line=None)
    return TEXT


def _binary(head: bytes) -> bool:
    return b"\0" in head or sum(byte < 32 and byte not in b"\t\n\r" for byte in head) * 100 > len(head)


def refuse_markup(head: str) -> None:
    """Raises F01 for decoded text that begins as a web page or XML, or that is the antivirus test file.

    Args:
        head: the first few hundred characters.
    """
    found = _MARKUP.match(head)
    if found:
        raise Refused("F01", reason="xml" if found["xml"] else "html", line=None)
    if _EICAR in head:
        raise Refused("F01", reason="program", line=None)
