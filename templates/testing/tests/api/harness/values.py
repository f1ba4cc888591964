"""Makes values for fields: distinct ones, and ones that break a single rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from harness.resource import TEXT_KINDS, Field

TOKEN_LENGTH = 7


def token(serial: int) -> str:
    """Spells a number so that no token is part of another one of the same length."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    letters = ""
    while serial:
        serial, rest = divmod(serial, len(digits))
        letters = digits[rest] + letters
    return "z" + letters.rjust(TOKEN_LENGTH - 1, "0")


def distinct(field: Field, serial: int) -> Any:
    """Makes a valid value that differs from those of other serial numbers, if the field can."""
    if field.kind == "email":
        return f"{token(serial)}@example.com"
    if field.kind == "url":
        return f"https://example.com/{token(serial)}"
    if field.kind in {"string", "text"}:
        return _distinct_text(field, serial)
    if field.kind == "integer":
        low, span = _range(field)
        return int(low) + serial % span
    if field.kind == "decimal":
        low, span = _range(field)
        value = Decimal(str(low)) + Decimal(serial % span).scaleb(-field.scale)
        return f"{value:.{field.scale}f}"
    if field.kind == "date":
        return (date(2031, 1, 1) + timedelta(days=serial)).isoformat()
    if field.kind == "datetime":
        moment = datetime(2031, 1, 1, 9, 30, tzinfo=timezone.utc) + timedelta(hours=serial)
        return moment.isoformat().replace("+00:00", "Z")
    if field.kind == "enum":
        return field.choices[serial % len(field.choices)]
    return serial % 2 == 0


def _distinct_text(field: Field, serial: int) -> str:
    spelled = token(serial)
    if field.maximum is not None and field.maximum < len(spelled):
        return spelled[-int(field.maximum) :]
    return spelled.ljust(int(field.minimum or 0), "z")


def _range(field: Field) -> tuple[float, int]:
    """Gives the lowest value and the count of values, a thousand where the field allows more."""
    low = field.minimum if field.minimum is not None else 0
    if field.maximum is None:
        return low, 1_000
    if field.minimum is None and field.maximum < 0:
        low = field.maximum - 100
    span = int((field.maximum - low) * 10**field.scale) + 1
    return low, max(1, min(span, 1_000))


def broken(field: Field) -> list[tuple[str, Any]]:
    """Lists values that the field must refuse, each with the reason."""
    cases: list[tuple[str, Any]] = [("an object", {}), ("a list", [])]
    if field.kind in TEXT_KINDS:
        cases += [("a number", 7), ("a NUL", "a\x00b")]
    else:
        cases.append(("a word", "surely not valid"))
    if field.kind in {"string", "text"}:
        if field.maximum is not None:
            cases.append(("too long", "x" * (int(field.maximum) + 1)))
        if field.minimum is not None and field.minimum > 1:
            cases.append(("too short", "x" * (int(field.minimum) - 1)))
    if field.kind == "integer":
        cases += [("a fraction", 1.5), ("a number in quotes", "1"), ("huge", 10**30)]
        if field.minimum is not None:
            cases.append(("too small", int(field.minimum) - 1))
        if field.maximum is not None:
            cases.append(("too large", int(field.maximum) + 1))
    if field.kind == "decimal":
        cases += [("not a number", "NaN"), ("too many digits", "9" * 40), ("hexadecimal", "0x10")]
        if field.minimum is not None:
            cases.append(("too small", str(Decimal(str(field.minimum)) - 1)))
        if field.maximum is not None:
            cases.append(("too large", str(Decimal(str(field.maximum)) + 1)))
    if field.kind == "date":
        cases += [
            ("no such day", "2030-02-30"),
            ("year 0", "0000-01-01"),
            ("other format", "1/2/30"),
        ]
    if field.kind == "datetime":
        cases += [("no such hour", "2030-01-01T25:00:00Z"), ("no zone", "2030-01-01T10:00:00")]
    if field.kind == "email":
        cases += [("no domain", "nobody"), ("two signs", "a@@example.com")]
    if field.kind == "url":
        cases += [("no scheme", "example"), ("a script", "javascript:alert(1)")]
    if field.kind == "boolean":
        cases.append(("a number", 1))
    if field.required:
        cases.append(("null", None))
    if field.invalid is not None:
        cases.append(("the known bad one", field.invalid))
    return cases
