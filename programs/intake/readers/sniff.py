"""What a file is by its content; its name is never looked at."""

import re

from programs.intake.readers.limits import Refused

ZIP, OLE, TEXT = "zip", "ole", "text"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "rtf"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"#!", "program"),
    (b"\xca\xfe\xba\xbe", "program"),  # Java, and Mach-O for several processors
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xce\xfa\xed\xfe", "program"),
    (b"\xfe\xed\xfa\xcf", "program"),
    (b"\xfe\xed\xfa\xce", "program"),
    (b"\0asm", "program"),
    (b"L\0\0\0\x01\x14\x02\0", "program"),  # a shortcut of Windows
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"\0\0\x01\0", "image"),
    (b"RIFF", "image"),
    (b"ID3", "media"),
    (b"OggS", "media"),
    (b"\x1aE\xdf\xa3", "media"),
    (b"SQLite format 3\0", "database"),
    (b"\0\x01\0\0Standard ", "database"),
    (b"PAR1", "database"),
    (b"Rar!\x1a", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"MSCF\0", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"PK\x07\x08", "archive"),
    # a BIFF stream without its container: BOF records of Excel 2.1, 3 and 4
    (b"\x09\x00\x04\x00", "old"),
    (b"\x09\x02\x06\x00", "old"),
    (b"\x09\x04\x06\x00", "old"),
)
_PRINTABLE = (b"MZ", b"BM", b"RIFF", b"GIF8", b"BZh", b"ID3", b"OggS", b"PAR1")
"""Signatures that a text may begin with too: they count only with bytes behind them that no text has."""

_FURTHER_ON: tuple[tuple[int, bytes, str], ...] = ((4, b"ftyp", "media"), (257, b"ustar", "archive"))
_PDF = b"%PDF-"
_PDF_WITHIN = 1024
_EICAR = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_MARKUP = re.compile(
    r"\s*(?:<(?P<xml>\?xml)|<(?P<script>\?php|script\b|job\b)|<[A-Za-z!?/]|MIME-Version\s*:)", re.IGNORECASE
)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\]])")
_COMMANDS = re.compile(r"\s*@echo\s+o(?:n|ff)\b", re.IGNORECASE)


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
    binary = _binary(data[:4096])
    for signature, reason in _FOREIGN:
        if data.startswith(signature) and (signature not in _PRINTABLE or binary):
            raise Refused("F01", reason=reason, line=None)
    for place, signature, reason in _FURTHER_ON:
        if binary and data.startswith(signature, place):
            raise Refused("F01", reason=reason, line=None)
    if data.startswith(_PDF) or (binary and _PDF in data[:_PDF_WITHIN]):
        raise Refused("F01", reason="pdf", line=None)
    return TEXT


def _binary(head: bytes) -> bool:
    return b"\0" in head or sum(byte < 32 and byte not in b"\t\n\r" for byte in head) * 100 > len(head)


def refuse_markup(head: str) -> None:
    """Raises F01 for decoded text that begins as a web page, XML, JSON or a script, or is the antivirus test file.

    Args:
        head: the first characters that are no space, a few hundred of them.
    """
    found = _MARKUP.match(head)
    reason = None
    if found:
        reason = "xml" if found["xml"] else "program" if found["script"] else "html"
    elif _COMMANDS.match(head) or _EICAR in head:
        reason = "program"
    elif _JSON.match(head):
        reason = "json"
    if reason:
        raise Refused("F01", reason=reason, line=None)
