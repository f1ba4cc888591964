"""Describes a resource of the API, as far as its tests need to know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

TEXT_KINDS = frozenset({"string", "text", "email", "url"})


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field: its rules, and values that keep or break them."""

    name: str
    kind: str
    example: Any
    update: Any
    seeds: tuple[Any, ...]
    required: bool = False
    unique: bool = False
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    scale: int = 0
    choices: tuple[str, ...] = ()
    invalid: Any = None

    @property
    def must_be_sent(self) -> bool:
        """Tells whether a record cannot be created without it."""
        return self.required and self.default is None

    @property
    def capacity(self) -> int:
        """Counts the records that can exist side by side, as far as this field goes."""
        if not self.unique:
            return 1_000
        if self.kind == "boolean":
            return 2
        if self.kind == "enum":
            return len(self.choices)
        if self.kind in {"integer", "decimal"} and None not in (self.minimum, self.maximum):
            return int((self.maximum - self.minimum) * 10**self.scale) + 1
        return 1_000

    def canonical(self, value: Any) -> Any:
        """Brings a value to the form in which equal values compare equal."""
        if value is None:
            return None
        if self.kind == "decimal":
            return Decimal(value)
        if self.kind == "datetime":
            return datetime.fromisoformat(value.replace("Z", "+00:00"))
        return value


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A reference to one record: `<name>Id` in what is sent, `<name>` in what is answered."""

    name: str
    key: str
    target: str
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Links:
    """References to many records: an array of ids."""

    name: str
    key: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource: where it lives, who may do what with it, and what it holds."""

    name: str
    path: str
    access: str
    fields: tuple[Field, ...]
    references: tuple[Reference, ...] = ()
    links: tuple[Links, ...] = ()
    label_field: str
    search_fields: tuple[str, ...] = ()

    @property
    def capacity(self) -> int:
        """Counts the records that can exist side by side."""
        return min(field.capacity for field in self.fields)

    def field(self, name: str) -> Field:
        """Finds a field by its name."""
        return next(field for field in self.fields if field.name == name)
