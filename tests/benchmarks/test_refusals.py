"""What a request costs that is refused at the gate: the round trip over loopback, the processor time of both ends."""

import time
from pathlib import Path

import aiohttp
import pytest

from sandbox.inbound import sign, wall_seconds
from tests.benchmarks.figures import Report, Times, told
from tests.scenarios.test_http import FORM, SLASH
from tests.stage import staged

pytestmark = pytest.mark.benchmark
MEASURED = 500


async def test_refusals(report: Report, tmp_path: Path):
    report.chapter("Refused at the gate", "Aim: below 1 ms. Caller and server share one processor here.")
    async with staged(tmp_path) as stage, aiohttp.ClientSession() as http:
        secret = stage.slack.signing_secret
        kinds = {
            "unsigned": {},
            "stale": sign(secret, SLASH, wall_seconds() - 301),
            "wrong": sign("0" * 32, SLASH),
            "replayed": sign(secret, SLASH),
        }
        async with http.post(stage.slack.request_url, data=SLASH, headers=FORM | kinds["replayed"]) as answer:
            assert answer.status == 200
        for name, headers in kinds.items():
            times, began = Times(), time.process_time()
            for _ in range(MEASURED):
                with times.once():
                    async with http.post(stage.slack.request_url, data=SLASH, headers=FORM | headers) as answer:
                        assert answer.status == 401
            cpu = (time.process_time() - began) / MEASURED
            report.add(f"401, {name}", times)
            report.add(f"401, {name}: CPU of both ends", told(cpu))
            assert times.median < 0.001
