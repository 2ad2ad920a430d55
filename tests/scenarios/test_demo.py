"""The demo as somebody starts it: one address, a story told, a state that is kept, one sentence where it can't be."""

import asyncio
import re
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.demo.playing import read_story, stories
from sandbox.story import told

PATIENCE = 60
JIBUNGOTO = (sys.executable, "-m", "bot", "demo")


def demo(*options: str) -> subprocess.CompletedProcess[str]:
    """Run to its end."""
    return subprocess.run([*JIBUNGOTO, *options], capture_output=True, text=True, timeout=PATIENCE, check=False)


async def test_a_story_is_told_and_a_kept_demo_goes_on_where_it_stopped(tmp_path: Path):
    story = ("--story", "night-shift", "--speed", "3000", "--no-stay")
    first = await asyncio.to_thread(demo, *story, "--keep", str(tmp_path))
    assert first.returncode == 0, first.stderr
    lines = first.stdout.splitlines()
    assert re.match(r"http://127\.0\.0\.1:\d+  Night shift", lines[0])
    assert any("▸ [contacted] how: phone" in line for line in lines)
    assert "SEV-1" in first.stdout
    assert "chat.postMessage" in lines[-1]

    child = await asyncio.create_subprocess_exec(*JIBUNGOTO, "--keep", str(tmp_path), stdout=asyncio.subprocess.PIPE)
    try:
        assert child.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = (await child.stdout.readline()).decode()
        assert "goes on where it stopped" in line
        address = line.split()[0]
        async with aiohttp.ClientSession() as session, session.get(f"{address}/as/U02BOB/C02SEVEN") as answer:
            assert "production API down" in await answer.text()
    finally:
        child.terminate()
        await child.wait()


def test_whoever_reads_only_the_beginning_ends_it_without_a_word():
    with subprocess.Popen(
        [*JIBUNGOTO, "--story", "night-shift", "--speed", "3000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        child.wait(PATIENCE)
        assert child.stderr.read() == ""


def test_a_port_in_use_is_said_in_a_sentence(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = demo("--port", str(port), "--keep", str(tmp_path))

    assert refused.returncode == 4
    assert refused.stderr.splitlines() == [
        f"Port {port} is used by another program: choose another by JIBUNGOTO_PORT (serve) or --port (demo)."
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("--story", "nope"),
            "There is no story 'nope'. There are: store-pos, follow-the-sun, missed-promise, night-shift.",
        ),
        (("--speed", "0"), "--speed has to be above zero, for example 60."),
    ],
)
def test_what_cannot_be_played_is_said_in_a_sentence(options, sentence):
    refused = demo(*options)

    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [sentence]


def test_a_state_that_is_not_ours_is_left_alone(tmp_path: Path):
    (tmp_path / "slack.json").write_text("[]")

    refused = demo("--keep", str(tmp_path))

    assert refused.returncode == 4
    assert "move it away to begin anew" in refused.stderr
    assert (tmp_path / "slack.json").read_text() == "[]"


@pytest.mark.parametrize("name", stories())
def test_every_story_is_told_in_both_languages(name):
    story = read_story(name)
    texts = [story.title, story.about, *(step.note for step in story.steps if step.note)]

    assert story.language in ("ja", "en")
    assert all(told(words, "ja") != told(words, "en") for words in texts)
