"""What `up` runs on one machine, for either runtime; docker-compose.yml runs the same commands."""

import sys

from django.conf import settings
from django.db import DatabaseError, connection

from streams.distributed import is_distributed
from streams.heartbeat import worker_kind
from streams.queries import processes
from streams.supervisor import Program
from streams.wiring import topology

SERVE = ("--timeout-graceful-shutdown", "2", "--no-server-header", "--log-level", "warning",
         "--no-access-log")  # fmt: skip


def programs(*, demo: bool, workers: int = 1) -> list[Program]:
    """In the order of starting. workers: faust workers of the first group."""
    host = ["--host", settings.HOST, "--port", str(settings.PORT)]
    web = [sys.executable, "-m", "uvicorn", "config.asgi:application", *host, *SERVE]
    found = [Program("web", web, grace=4.0, stop_order=1, env={"STATIC_FINDERS": "0"})]
    allow = ",".join(f"{name}:{port}" for name, port in settings.COLLECT_ALLOW)
    if demo:
        allow = f"{allow},127.0.0.1:{settings.DEMO_PORT}".strip(",")
        found.append(Program("demo", _manage("demo_feeds"), grace=2.0))
    found += _distributed(workers) if is_distributed() else _embedded()
    # the demonstration begins when it is first read: not before somebody works on what it brings
    ready = _somebody_works if demo else None
    collect = {"COLLECT_ALLOW": allow}
    found += [
        Program("beat", _manage("beat"), grace=5.0),
        Program("collect", _manage("collect"), grace=5.0, env=collect, ready=ready),
    ]
    return found


def _somebody_works() -> bool:
    """Whether a worker of the first group has given a sign of life: its models are loaded."""
    kind = worker_kind(topology().groups()[0])
    try:
        return bool(processes(f"{kind}@"))
    except DatabaseError:
        return False
    finally:
        connection.close()  # the supervisor asks rarely, and holds nothing open


def _embedded() -> list[Program]:
    """A worker for each group: a mail server that hangs must not hold up the stories."""
    return [
        Program(group, _manage("work", group), grace=5.0, stop_order=2)
        for group in topology().groups()
    ]


def _distributed(workers: int) -> list[Program]:
    """A worker that waits for a broker that is away does not hear SIGTERM: `grace` ends it."""
    first, *others = topology().groups()
    names = [first] + [f"{first}-{n}" for n in range(2, workers + 1)]
    return [
        Program("relay", _manage("relay"), grace=4.0, stop_order=2),
        *(Program(name, _manage("faust", first), grace=5.0, stop_order=2) for name in names),
        *(Program(name, _manage("faust", name), grace=5.0, stop_order=2) for name in others),
    ]


def _manage(*command: str) -> list[str]:
    return [sys.executable, str(settings.ROOT / "manage.py"), *command]
