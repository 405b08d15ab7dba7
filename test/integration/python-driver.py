"""What the Python driver reads of a server of the testing kit. Started by python-driver.test.ts; prints JSON.

Arguments: the port, the protocol version (0 to find out), and whether to compress.
"""

import json
import sys
import uuid

from cassandra import Unavailable
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import DCAwareRoundRobinPolicy, FallthroughRetryPolicy
from cassandra.query import BatchStatement, SimpleStatement

port, version, compression = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "lz4"
profile = ExecutionProfile(
    load_balancing_policy=DCAwareRoundRobinPolicy(local_dc="datacenter1"),
    retry_policy=FallthroughRetryPolicy(),
)
cluster = Cluster(
    ["127.0.0.1"],
    port=port,
    auth_provider=PlainTextAuthProvider("ada", "sesame"),
    execution_profiles={EXEC_PROFILE_DEFAULT: profile},
    compression="lz4" if compression else False,
    **({"protocol_version": version} if version else {}),
)
session = cluster.connect()
seen = {"version": cluster.protocol_version, "hosts": sorted(host.address for host in cluster.metadata.all_hosts())}
seen["keyspaces"] = sorted(cluster.metadata.keyspaces)

select = session.prepare("SELECT * FROM shop.users WHERE id = ?")
for run in ("first", "again"):
    row = session.execute(select, [uuid.UUID("f47ac10b-58cc-4372-a567-0e02b2c3d479")]).one()
    seen[run] = {
        "id": str(row.id),
        "name": row.name,
        "tags": sorted(row.tags),
        "scores": dict(row.scores),
        "since": row.since.isoformat(),
        "price": str(row.price),
        "pair": list(row.pair),
        "length": len(row.text),
    }
seen["plain"] = session.execute("SELECT * FROM shop.users WHERE id = 1").one().name
seen["pages"] = [row.n for row in session.execute(SimpleStatement("SELECT n FROM pages", fetch_size=2))]

insert = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)")
session.execute(insert, ["a", "b"])
batch = BatchStatement()
batch.add(insert, ["c", "d"])
session.execute(batch)
try:
    session.execute("SELECT fail")
except Unavailable as error:
    seen["error"] = [error.required_replicas, error.alive_replicas]

cluster.shutdown()
print(json.dumps(seen))
