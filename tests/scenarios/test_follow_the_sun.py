"""The story of a case that goes once round the world: three owners, and no promise lost on the way."""

from pathlib import Path

from bot.domain.messages import CheckApproved, CheckOverridden, HandoffAccepted, HandoffDeclined, ReminderCame
from tests.scenarios.test_noise import let_pass, playing
from tests.stage import ALEX, BOB, KEN, NAOKO, SEV_A_EN, YUKI


async def test_three_regions_two_receipts_and_every_promise_kept(tmp_path: Path) -> None:
    async with playing(tmp_path, "follow-the-sun") as (stage, player):
        while (step := player.next_step) is not None:
            await let_pass(stage, step.at)
            await player.step()
            await stage.settle()
        case, facts = await stage.case(), await stage.facts()

        assert (case.status, case.owner) == ("closed", ALEX)
        assert (case.tally.kept, case.tally.late, case.tally.missed) == (7, 0, 0)
        assert [(f.sender, f.by) for f in facts if isinstance(f, HandoffAccepted)] == [(YUKI, BOB), (BOB, ALEX)]
        assert all(f.action and f.due for f in facts if isinstance(f, HandoffAccepted))
        assert [(f.by, f.sender) for f in facts if isinstance(f, HandoffDeclined)] == [(BOB, YUKI)]
        assert [(f.by, f.typed) for f in facts if isinstance(f, CheckApproved)] == [(KEN, "orders-db-01")]
        assert [f.by for f in facts if isinstance(f, CheckOverridden)] == [ALEX]
        assert [f for f in facts if isinstance(f, ReminderCame) and f.rung != "before"] == []
        assert await stage.bot.desk.parked() == []

        thread = stage.slack.thread(SEV_A_EN, stage.slack.messages(SEV_A_EN)[0].ts)
        card, *said = [message for message in thread if message.user == stage.slack.bot_user_id]
        assert "SEV-1" in card.text
        assert len(said) == 7
        assert "the disk of orders-db-02 is full in ten minutes" in stage.said_to(NAOKO)[-1].text
