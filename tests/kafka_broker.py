"""A real Kafka broker (KRaft, one node) in a temporary folder, from jars that Maven resolves."""

import base64
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from tests import services
from tests.postgres import free_port

HERE = Path(__file__).parent / "broker"
JVM = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
       "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")  # fmt: skip


def jars() -> Path:
    """The folder of jars, filled once for this pom."""
    for program, how in (("java", "apt-get install openjdk-17-jre-headless"),
                         ("mvn", "apt-get install maven")):  # fmt: skip
        if shutil.which(program) is None:
            services.missing(program, how)
    pom = HERE / "pom.xml"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rrmm-broker"
    folder = cache / hashlib.sha256(pom.read_bytes()).hexdigest()[:12]
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=cache))
    command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"]
    done = subprocess.run(
        [*command, "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(fresh)
        services.missing("the broker's jars", f"Maven said: {done.stdout[-300:]}")
    try:
        fresh.rename(folder)
    except OSError:
        shutil.rmtree(fresh)
    return folder


class Broker:
    """Can be stopped, killed, and started again on the same data."""

    def __init__(self) -> None:
        self.jars = jars()
        self.folder = Path(tempfile.mkdtemp(prefix="rrmm-kafka-"))
        self.port, self.controller = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        config = (HERE / "server.properties").read_text() + "".join(
            f"{line}\n"
            for line in (
                f"listeners=PLAINTEXT://127.0.0.1:{self.port},"
                f"CONTROLLER://127.0.0.1:{self.controller}",
                f"advertised.listeners=PLAINTEXT://127.0.0.1:{self.port}",
                f"controller.quorum.bootstrap.servers=127.0.0.1:{self.controller}",
                f"log.dirs={self.folder}/log",
            )
        )
        (self.folder / "server.properties").write_text(config)
        self._format()
        self.start()

    @property
    def url(self) -> str:
        return f"kafka://127.0.0.1:{self.port}"

    def start(self, seconds: float = 60.0) -> None:
        """Starts it and waits until it answers an admin's question."""
        self.process = self._java("kafka.Kafka", f"{self.folder}/server.properties")
        end = time.monotonic() + seconds
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                log = (self.folder / "out.log").read_text()[-2000:]
                raise RuntimeError(f"the broker did not start:\n{log}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Ends it in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it as a crash would."""
        self._end(signal.SIGKILL)

    def lose(self) -> None:
        """Ends it, and it comes back without its data: no topics, no messages, no groups."""
        self.kill()
        shutil.rmtree(self.folder / "log")
        self._format()
        self.start()

    def remove(self) -> None:
        """Kills it and deletes its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _format(self) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        config_file = f"{self.folder}/server.properties"
        tool = ("kafka.tools.StorageTool", "format", "--standalone")
        self._java(*tool, f"--cluster-id={cluster}", "-c", config_file).wait(60)

    def _end(self, sign: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(sign)
            self.process.wait(30)

    def _java(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "out.log").open("ab") as out:
            return subprocess.Popen(
                ["java", *JVM, "-cp", f"{self.jars}/*", *arguments],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def _answers(self) -> bool:
        try:
            admin = KafkaAdminClient(
                bootstrap_servers=[f"127.0.0.1:{self.port}"], bootstrap_timeout_ms=1000
            )
        except (KafkaError, OSError, ValueError):
            return False
        admin.close()
        return True
