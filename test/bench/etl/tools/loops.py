"""How a table is unloaded and loaded by the loops that people write. Started by python.ts.

Arguments: unload or load, host, port, data center, keyspace, table, path.
"""

import csv
import sys
from datetime import datetime
from uuid import UUID

from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.policies import DCAwareRoundRobinPolicy, TokenAwarePolicy
from cassandra.query import UNSET_VALUE

COLUMNS = ["id", "sensor", "name", "at", "value", "count", "ok", "note"]

work, host, port, datacenter, keyspace, table, path = sys.argv[1:]
profile = ExecutionProfile(
    load_balancing_policy=TokenAwarePolicy(DCAwareRoundRobinPolicy(local_dc=datacenter)),
    request_timeout=60,
)
cluster = Cluster([host], port=int(port), execution_profiles={EXEC_PROFILE_DEFAULT: profile})
session = cluster.connect(keyspace)


def values(record):
    return (
        int(record["id"]),
        UUID(record["sensor"]),
        record["name"],
        datetime.fromisoformat(record["at"]),
        float(record["value"]),
        int(record["count"]),
        record["ok"] == "true",
        record["note"] or UNSET_VALUE,
    )


if work == "load":
    markers = ", ".join("?" for _ in COLUMNS)
    insert = session.prepare(f"INSERT INTO {table} ({', '.join(COLUMNS)}) VALUES ({markers})")
    with open(path, newline="") as file:
        rows = (values(record) for record in csv.DictReader(file))
        for _ in execute_concurrent_with_args(session, insert, rows, concurrency=256, results_generator=True):
            pass
else:
    select = session.prepare(f"SELECT {', '.join(COLUMNS)} FROM {table}")
    select.fetch_size = 5_000
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in session.execute(select):
            writer.writerow(row)

cluster.shutdown()
