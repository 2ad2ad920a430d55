"""Dependencies: pinned by hash, installed by hash, and listed in a bill of materials that others' tools can read."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parent.parent.parent
LOCKS = ("requirements/base.lock", "requirements/dev.lock")


def pinned(lock: str) -> dict[str, set[str]]:
    """Every pinned dependency, `name==version`, with its hashes."""
    found: dict[str, set[str]] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text(encoding="utf-8").strip()):
        name = re.match(r"[a-z0-9._-]+==[^\s;\\]+", entry)
        assert name, f"not pinned: {entry[:60]}"
        found[name[0]] = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
    return found


@pytest.fixture(scope="module")
def sbom(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Made as `make sbom` says, word for word."""
    (line,) = re.findall(r"^\t\$\(BIN\)/(cyclonedx-py .*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    file = tmp_path_factory.mktemp("build") / "sbom.json"
    words = line.replace("build/sbom.cdx.json", str(file)).split()
    subprocess.run([str(Path(sys.executable).parent / words[0]), *words[1:]], cwd=ROOT, check=True,
                   capture_output=True)  # fmt: skip
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_pinned_with_hashes(lock: str) -> None:
    assert len(pinned(lock)) > 20
    assert [name for name, hashes in pinned(lock).items() if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_direct_dependency_is_locked(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(project["optional-dependencies"]["dev"] if "dev" in lock else [])]
    names = {re.match(r"[\w.-]+", one)[0].lower().replace("_", "-") for one in wanted}  # type: ignore[index]
    assert names - {name.partition("==")[0] for name in pinned(lock)} == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry(lock: str) -> None:
    assert re.findall(r"https?://|file:|index-url|find-links", (ROOT / lock).read_text(encoding="utf-8")) == []


def test_the_makefile_installs_by_hash_alone() -> None:
    installs = re.findall(r"pip install .*-r \S+", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_the_bill_is_valid_cyclonedx(sbom: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom) is None


def test_it_lists_every_dependency_with_its_hashes_and_ourselves(sbom: str) -> None:
    bill: dict[str, Any] = json.loads(sbom)
    listed = {
        f"{one['name']}=={one['version']}": {
            hash["content"] for place in one["externalReferences"] for hash in place.get("hashes", [])
        }
        for one in bill["components"]
    }
    assert listed == pinned("requirements/base.lock")
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    component = bill["metadata"]["component"]
    assert (component["name"], component["version"]) == (ours["name"], ours["version"])


def test_it_names_no_registry_but_the_public_one(sbom: str) -> None:
    references = [place["url"] for one in json.loads(sbom)["components"] for place in one["externalReferences"]]
    assert {re.match(r"https?://[^/]+", url)[0] for url in references} == {"https://pypi.org"}  # type: ignore[index]
