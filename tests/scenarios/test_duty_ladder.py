"""The ladder and the roster: whoever is on duty when a rung is reached is told; without anybody the channel's own."""

from tests.scenarios.test_duty import ROSTER
from tests.stage import BOB, HANA, KEN, MEI, NAOKO, TEAM, YUKI, staged

STEPS = """
[policies.sun.A]
first_response = "15m"
next_contact = "30m"
next_contact_checkpoints = ["due"]
ladder = [{ after = "5m", tell = "backup" }, { after = "10m", tell = "lead" }, { after = "20m", tell = "channel" }]
"""
BEHIND = TEAM.replace("[[channels]]", '[[channels]]\npolicy = "sun"', 1) + STEPS
RUNGS = BEHIND.replace('backup = ["U03HANA"]', 'backup = ["U03HANA"]\nshift_leads = ["U07NAOKO"]', 1)
GLOBAL = (RUNGS + ROSTER).replace('leads = ["U04KEN"]', 'leads = ["U04KEN"]\nbackup = ["U05MEI"]', 1)


def rung_at(stage, who):
    """How many reminders of the case reached somebody; what is said about their shift is none."""
    return sum(message.text.startswith("SEV-1: ") for message in stage.said_to(who))


async def test_the_backup_and_the_lead_on_duty_are_told_in_place_of_the_channels(tmp_path):
    async with staged(tmp_path, toml=GLOBAL) as stage:
        await stage.open_case()
        await stage.at("09:15")
        await stage.at("09:20")
        assert [rung_at(stage, who) for who in (MEI, HANA, KEN)] == [1, 0, 0]
        await stage.at("09:25")

        assert [rung_at(stage, who) for who in (MEI, HANA, KEN, NAOKO)] == [1, 0, 1, 0]


async def test_who_is_on_duty_is_asked_when_the_rung_is_reached(tmp_path):
    "Due at 17:05 Tokyo time: by then Dublin is on duty, whose shifts have a lead and no backup of their own."
    async with staged(tmp_path, toml=GLOBAL) as stage:
        await stage.at("16:50")
        await stage.open_case()
        await stage.at("17:05")
        await stage.at("17:10")
        await stage.at("17:15")

        assert [rung_at(stage, who) for who in (MEI, KEN)] == [0, 0]
        assert [rung_at(stage, who) for who in (HANA, "U06ALEX")] == [1, 1]


async def test_while_nobody_is_on_duty_the_channels_own_people_are_told(tmp_path):
    async with staged(tmp_path, toml=GLOBAL) as stage:
        await stage.at("+1 03:00")
        await stage.open_case()
        await stage.at("03:15")
        await stage.at("03:25")

        assert [rung_at(stage, who) for who in (HANA, NAOKO, MEI, KEN, BOB)] == [1, 1, 0, 0, 0]


async def test_who_is_told_can_act_on_the_case(tmp_path):
    "Also where its channel is private: they were let in by being told."
    async with staged(tmp_path, toml=GLOBAL) as stage:
        await stage.open_case()
        await stage.at("09:20")
        await stage.press(MEI, stage.said_to(MEI)[-1], "ack")

        assert (await stage.kinds())[-1] == "reminder_acknowledged"


async def test_without_a_roster_it_is_as_before(tmp_path):
    async with staged(tmp_path, toml=RUNGS) as stage:
        await stage.open_case(who=YUKI)
        await stage.at("09:20")
        await stage.at("09:25")

        assert [rung_at(stage, who) for who in (HANA, NAOKO)] == [1, 1]
