"""docker-compose.yml and Dockerfile: the commands that run natively, nothing open or default."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import load_command_class

from streams.programs import programs
from streams.supervisor import Program
from tests import services

ROOT = Path(settings.ROOT)
FILE = ROOT / "docker-compose.yml"
ENVIRONMENT = ROOT / "tests" / "data" / "compose.env"
OURS = {"web", "collect", "relay", "worker", "mail", "beat"}
SERVERS = {"postgres", "kafka"}
ASKED = ("BASE_URL", "SECRET_KEY", "POSTGRES_PASSWORD")
NOT_HERE = {
    *("HOST", "PORT", "DATA_DIR", "DEBUG", "DEMO_PORT"),
    *("TOPOLOGY", "JOBS", "FEEDS_FILE", "MODEL_FILE", "MODELS_DIR"),
}
"""Settings that the image or the shape decides."""


@pytest.fixture(scope="module")
def shape() -> dict[str, Any]:
    """The file's services, with what they share merged in."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return found


@pytest.fixture(scope="module")
def all_services(shape: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = shape["services"]
    return found


@pytest.fixture
def native(settings: Any) -> list[Program]:
    """What `up` starts over Kafka."""
    settings.KAFKA_URL = "kafka://127.0.0.1:9092"
    return programs(demo=False)


def seconds(words: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(s|m)", words).groups()  # type: ignore[union-attr]
    return float(number) * {"s": 1, "m": 60}[unit]


def test_the_services_are_those_of_the_shape(all_services: dict[str, Any]) -> None:
    assert set(all_services) == OURS | SERVERS | {"migrate"}


def test_the_commands_are_those_that_run_natively(
    all_services: dict[str, Any], native: list[Program]
) -> None:
    def plain(command: list[str]) -> tuple[str, ...]:
        return tuple(part for part in command if part not in {"0.0.0.0", "8000"})

    wanted = set()
    for program in native:
        _python, *rest = program.command
        where = {settings.HOST, str(settings.PORT)}
        words = [part.replace(f"{ROOT}/", "") for part in rest if part not in where]
        wanted.add(("python", *words))
    assert {plain(all_services[name]["command"]) for name in OURS} == wanted


def test_the_database_is_prepared_before_anything_starts(all_services: dict[str, Any]) -> None:
    script = all_services["migrate"]["command"][-1]
    assert script.startswith("python manage.py migrate --no-input && ")
    for name in OURS:
        waits = all_services[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["kafka"] == waits["postgres"] == {"condition": "service_healthy"}


def test_every_service_comes_back_is_looked_after_and_is_ended(
    all_services: dict[str, Any], native: list[Program]
) -> None:
    grace = {program.name: program.grace for program in native}
    for name, service in all_services.items():
        assert service["restart"] == ("on-failure" if name == "migrate" else "unless-stopped")
        limit = seconds(service["stop_grace_period"])
        assert limit >= grace.get("work" if name == "worker" else name, 0), name
        check = service["healthcheck"]
        if name == "migrate":
            assert check == {"disable": True}
        else:
            assert check["test"][0] in {"CMD", "CMD-SHELL"}
            assert seconds(check["timeout"]) <= 20
        assert service["logging"]["options"]["max-size"]


def test_processes_are_asked_for_the_beat_that_they_give(all_services: dict[str, Any]) -> None:
    alive = load_command_class("streams", "alive").create_parser("manage.py", "alive")
    for name in OURS - {"web"}:
        check = all_services[name]["healthcheck"]["test"]
        assert check[:4] == ["CMD", "python", "manage.py", "alive"]
        asked = alive.parse_args(check[4:]).name
        command = all_services[name]["command"]
        assert asked == command[-1], "the group of a worker, or the command itself"


def test_nothing_but_the_web_has_a_port_and_that_on_loopback_only(shape: dict[str, Any]) -> None:
    for name, service in shape["services"].items():
        assert service.get("ports") == (["127.0.0.1:8000:8000"] if name == "web" else None)
        outside = {"inside", "outside"} if name in {"web", "collect", "mail"} else {"inside"}
        assert set(service["networks"]) == outside
    assert shape["networks"]["inside"] == {"internal": True}


def test_a_container_may_do_no_more_than_it_must(all_services: dict[str, Any]) -> None:
    for name, service in all_services.items():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert not service.get("privileged")
        if name not in SERVERS:
            assert service["read_only"]
            assert service["volumes"] == ["app:/app/var"]
            assert "cap_add" not in service
    recipe = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"^USER (\w+)$", recipe, re.M) == ["rrmm"]
    assert recipe.index("\nUSER ") > recipe.rindex("\nRUN ")


def test_no_password_has_a_default(all_services: dict[str, Any]) -> None:
    secret = re.compile(r"PASSWORD|SECRET|TOKEN|API_KEY")
    found = 0
    for service in all_services.values():
        for name, value in (service.get("environment") or {}).items():
            if secret.search(name) and value is not None:
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), name
                found += 1
    assert found
    assert not re.findall(r"\$\{\w*(?:PASSWORD|SECRET|TOKEN|API_KEY)\w*:?-", FILE.read_text())
    for url in re.findall(r"\w+://\w+:([^@\s]+)@", FILE.read_text()):
        assert url.startswith("${POSTGRES_PASSWORD:?")


def test_images_are_pinned_to_a_version(all_services: dict[str, Any]) -> None:
    used = [service["image"] for service in all_services.values() if "build" not in service]
    used += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.M)
    assert len(used) == 4
    for image in used:
        assert re.search(r":\d+\.\d+(\.\d+)?(-|$)", image), image


def test_every_setting_can_be_given(all_services: dict[str, Any]) -> None:
    named = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text())
    for name in OURS:
        assert set(named) - NOT_HERE <= set(all_services[name]["environment"])


def test_every_variable_of_the_example_is_used() -> None:
    given = re.findall(r"^([A-Z_]+)=", ENVIRONMENT.read_text(), re.M)
    assert set(given) == set(ASKED)
    assert all(f"${{{name}:?" in FILE.read_text() for name in given)


def test_secrets_and_data_stay_out_of_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".env*", "*.env", "var", "*.sqlite3*", ".venv", "tests"} <= set(ignored)


def config(file: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """`docker-compose config` with nothing set but what the file says; it needs no engine."""
    program = shutil.which("docker-compose")
    if program is None:
        services.missing("docker-compose", "apt-get install docker-compose")
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [program, "--env-file", str(file), "config", *options],
        cwd=ROOT, env=plain, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_compose_accepts_the_file_with_the_example() -> None:
    done = config(ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    read = yaml.safe_load(done.stdout)
    assert set(read["services"]) == OURS | SERVERS | {"migrate"}
    address = read["services"]["relay"]["environment"]["DATABASE_URL"]
    assert address == "postgresql://rrmm:invented-for-the-test@postgres:5432/rrmm"


@pytest.mark.parametrize("missing", ASKED)
def test_compose_names_what_is_missing(missing: str, tmp_path: Path) -> None:
    lines = ENVIRONMENT.read_text().splitlines()
    short = tmp_path / "short.env"
    short.write_text("\n".join(line for line in lines if not line.startswith(f"{missing}=")))
    done = config(short, "--quiet")
    assert done.returncode == 1
    assert f"set {missing} to" in done.stderr


def test_a_setting_that_is_given_reaches_every_process(tmp_path: Path) -> None:
    more = tmp_path / "more.env"
    more.write_text(ENVIRONMENT.read_text() + "\nASK_HOLD=300\n")
    read = yaml.safe_load(config(more).stdout)
    assert all(read["services"][name]["environment"]["ASK_HOLD"] == "300" for name in OURS)
