"""The declarative base of every `models.py`: names of constraints, Python type -> column type, closed words."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Date, DateTime, Enum, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def words(closed: type[StrEnum]) -> Enum:
    """A text column that holds only the values of `closed`, checked by the database."""
    return Enum(
        closed,
        native_enum=False,
        create_constraint=True,
        name=closed.__name__.lower(),
        length=40,
        values_callable=lambda e: [member.value for member in e],
    )


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False):
    """Base of all tables. Instances are dataclasses with keyword arguments; equality is identity."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        date: Date,
        Decimal: Numeric(14, 4),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
    }
