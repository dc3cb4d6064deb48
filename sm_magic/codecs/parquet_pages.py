"""What the pages of a Parquet file take once unpacked, read from their headers before any is.

The file's own metadata tells sizes too, but a reader unpacks what a page's header says.  A header is a struct of
Thrift's compact protocol: a byte holds the distance to the field's number and its type; whole numbers are zigzag.
Sources: apache/parquet-format, parquet.thrift (PageHeader); apache/thrift, doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_UNPACKED, _PACKED, _DATA, _DATA_V2 = 2, 3, 5, 8  # fields of PageHeader
_VALUES = 1  # field of both data page headers
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_DEEPEST = 8  # a page header has two levels
_MOST = 200_000  # pages of a file: more than a gigabyte has, little enough to look at all
_WIDTH = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "INT96": 12, "FLOAT": 4, "DOUBLE": 8, "BYTE_ARRAY": 8}
_LEVELS = 4  # bytes of a value's definition and repetition level


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a file takes.

    unpacked: bytes of all pages, and of all values as numbers, offsets or fixed bytes.
    longest: bytes that one text can have at most, because its page has no more.
    repeated: leaves inside lists that hold texts, whose dictionaries may say one of them again and again, and
        what they take if they do.
    """

    unpacked: int
    longest: int
    repeated: dict[str, int]


def need(body: bytes, metadata: Any) -> Need:
    """What the file *body* takes, by pyarrow's *metadata* of it; ValueError where a page can't be read."""
    unpacked = longest = pages = 0
    repeated: dict[str, int] = {}
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk, leaf = metadata.row_group(group).column(column), metadata.schema.column(column)
            values = widest = 0
            for size, count in _pages(body, chunk):
                pages += 1
                values, widest, unpacked = values + count, max(widest, size), unpacked + size
                if pages > _MOST:
                    raise ValueError(f"it has more than {_MOST:,} pages")
            unpacked += values * (_LEVELS + (_WIDTH.get(leaf.physical_type) or leaf.length))
            longest = max(longest, widest)
            if leaf.max_repetition_level and leaf.physical_type == "BYTE_ARRAY":
                repeated[leaf.path] = repeated.get(leaf.path, 0) + values * widest
    return Need(unpacked=unpacked, longest=longest, repeated=repeated)


def _pages(body: bytes, chunk: Any) -> Iterator[tuple[int, int]]:
    """Each page of a column chunk: bytes unpacked, and values (none in a dictionary)."""
    starts = (chunk.data_page_offset, chunk.dictionary_page_offset)
    at = min(start for start in starts if start is not None and start > 0)
    left = chunk.num_values
    while left > 0:
        reader = _Thrift(body, at)
        header = reader.struct()
        size, packed = _number(header, _UNPACKED), _number(header, _PACKED)
        data = header.get(_DATA) or header.get(_DATA_V2) or {}
        count = _number(data, _VALUES) if data else 0
        yield size, count
        left -= count
        at = reader.at + packed


def _number(fields: dict[int, Any], field: int) -> int:
    found = fields.get(field)
    if type(found) is not int or found < 0:
        raise ValueError("a page's header is damaged")
    return found


class _Thrift:
    """A struct of the compact protocol at *at* in *body*; IndexError and ValueError where there is none."""

    def __init__(self, body: bytes, at: int) -> None:
        if at < 0:
            raise ValueError("a page lies before the file")
        self._body, self.at = body, at

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """The fields by their numbers; what is no number or struct is skipped."""
        if depth > _DEEPEST:
            raise ValueError("a page's header is too deep")
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            fields[number] = self._value(head & 15, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind == _BYTE:
            return self._byte()
        if kind in (_DOUBLE, _BINARY):
            length = 8 if kind == _DOUBLE else self._varint()
            self.at += length
            return None
        if kind in (_LIST, _SET, _MAP):  # a page's header has none
            raise ValueError("a page's header is damaged")
        return self._zigzag()

    def _byte(self) -> int:
        found = self._body[self.at]
        self.at += 1
        return found

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return found
            if shift > 63:
                raise ValueError("a page's header is damaged")

    def _zigzag(self) -> int:
        found = self._varint()
        return (found >> 1) ^ -(found & 1)
