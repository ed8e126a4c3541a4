"""Request bodies.

JSON by orjson, which refuses what Python's parser lets through: NaN, lone surrogates, broken UTF-8. Forms with files as
DRF reads them, with a refusal that people can read.
"""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.BaseParser):
    """A JSON body."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python values.

        Raises:
            RequestDataTooBig: it is longer than any batch may be.
            ParseError: not JSON; the sentence says where.
        """
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise RequestDataTooBig(f"The body is longer than {most} bytes.")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            raise ParseError(
                _("The body is not JSON: it cannot be read at line %(line)d, column %(column)d.") % place
            ) from None


class MultiPartParser(parsers.MultiPartParser):
    """A form with files."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The fields and the files.

        Raises:
            ParseError: no form, or one that was cut off.
        """
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError:
            raise ParseError(_("The form cannot be read: it was cut off, or a part of it is malformed.")) from None
