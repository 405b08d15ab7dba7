"""Makes the Parquet files of this folder, which another implementation has to have written: python3 make.py (pip install pyarrow==26.0.1)"""

import datetime
import decimal
import os
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

UTC = datetime.timezone.utc
here = os.path.dirname(os.path.abspath(__file__))

address = pa.struct([("street", pa.string()), ("zip", pa.int32())])
columns = [
    ("bool", pa.bool_(), [True, None, False]),
    ("i8", pa.int8(), [-128, None, 127]),
    ("i16", pa.int16(), [-32768, None, 32767]),
    ("i32", pa.int32(), [-(2**31), None, 2**31 - 1]),
    ("i64", pa.int64(), [-(2**63), None, 2**63 - 1]),
    ("u8", pa.uint8(), [0, None, 255]),
    ("u16", pa.uint16(), [0, None, 65535]),
    ("u32", pa.uint32(), [0, None, 2**32 - 1]),
    ("u64", pa.uint64(), [0, None, 2**64 - 1]),
    ("f16", pa.float16(), [1.5, None, -2.0]),
    ("f32", pa.float32(), [1.5, None, float("inf")]),
    ("f64", pa.float64(), [0.1, None, -0.0]),
    ("text", pa.string(), ["", None, "grün 🌍"]),
    ("bytes", pa.binary(), [b"", None, b"\x00\xff"]),
    ("fixed", pa.binary(3), [b"abc", None, b"\x00\x01\x02"]),
    ("uuid", pa.uuid(), [uuid.UUID(int=0).bytes, None, uuid.UUID("00112233-4455-6677-8899-aabbccddeeff").bytes]),
    ("date", pa.date32(), [datetime.date(1, 1, 1), None, datetime.date(2026, 11, 22)]),
    ("time_ms", pa.time32("ms"), [0, None, 86_399_999]),
    ("time_us", pa.time64("us"), [0, None, 86_399_999_999]),
    ("time_ns", pa.time64("ns"), [0, None, 86_399_999_999_999]),
    ("at_ms", pa.timestamp("ms", "UTC"), [-1, None, 1_763_769_600_000]),
    ("at_us", pa.timestamp("us", "UTC"), [-1, None, 1_763_769_600_000_001]),
    ("at_ns", pa.timestamp("ns"), [-1, None, 1_763_769_600_000_000_001]),
    ("money", pa.decimal128(10, 2), [decimal.Decimal("-12.50"), None, decimal.Decimal("99999999.99")]),
    ("small", pa.decimal128(4, 1), [decimal.Decimal("-0.1"), None, decimal.Decimal("999.9")]),
    ("big", pa.decimal256(60, 5), [decimal.Decimal("-1.00001"), None, decimal.Decimal("9" * 50)]),
    ("list", pa.list_(pa.int32()), [[1, None, 3], None, []]),
    ("lists", pa.list_(pa.list_(pa.string())), [[["a"], [], None], None, [["b", "c"]]]),
    ("map", pa.map_(pa.int32(), pa.list_(pa.float64())), [[(2, [0.5]), (1, None)], None, []]),
    ("struct", address, [{"street": "a", "zip": 1}, None, {"street": None, "zip": None}]),
    ("structs", pa.list_(address), [[{"street": "a", "zip": 1}, None], None, [{"street": None, "zip": 2}]]),
]
table = pa.table([pa.array(values, type) for _, type, values in columns], names=[name for name, _, _ in columns])

pq.write_table(table, os.path.join(here, "types.parquet"), compression="none", store_schema=False, write_statistics=False)

# Several row groups, each of several pages, some with dictionaries, compressed in every way.
numbers = range(2_000)
codecs = {"none": "none", "snappy": "snappy", "gzip": "gzip", "zstd": "zstd", "brotli": "brotli", "lz4": "lz4"}
several = pa.table(
    {
        name: pa.array([None if n % 7 == 0 else f"{name} {n % 50}" for n in numbers])
        for name in codecs
    }
    | {"n": pa.array(numbers, pa.int32()), "list": pa.array([[n] * (n % 4) for n in numbers], pa.list_(pa.int64()))}
)
pq.write_table(
    several,
    os.path.join(here, "pages.parquet"),
    compression=codecs | {"n": "zstd", "list.list.element": "gzip"},
    use_dictionary=["none", "snappy", "gzip", "zstd"],
    row_group_size=900,
    data_page_size=1_000,
    data_page_version="2.0",
    store_schema=False,
    write_statistics=False,
)
