"""Log lines as JSON, one object per line, without personal data."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

# What a log call may add with `extra`: never a query string, an address or an agent.
FIELDS = ("method", "path", "status", "status_code", "milliseconds", "error", "command")

# Who has the link that resets a password can set another. Django's own lines name paths too, and
# a link that a mail program cut short is nearly as telling: so by its beginning, wherever it is.
SECRET_LINK = re.compile(r"(/password-reset/+)[^/\s]+/\S+")

OF_A_VISITOR = re.compile(r"(Invalid request|Error handling request) ")


class JSONFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secret(record.getMessage()),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if "path" in line:
            line["path"] = without_secret(line["path"])
        if record.exc_info:
            line["traceback"] = without_values(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class WithoutVisitor(logging.Filter):
    """For gunicorn, which names the client, and quotes the address line, of what it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        if refused := OF_A_VISITOR.match(record.getMessage()):
            record.msg, record.args = refused.group(1), None
        return True


def without_secret(text: str) -> str:
    return SECRET_LINK.sub(r"\1…", text)


def without_values(traceback: str) -> str:
    """Without the lines in which PostgreSQL quotes the row that it refused."""
    return "\n".join(
        line
        for line in traceback.splitlines()
        if not line.lstrip().startswith(("DETAIL:", "CONTEXT:", "LINE "))
    )
