"""Reload: a changed file is taken over while the bot runs; a faulty one changes nothing, and the admin is told."""

from tests.stage import HANA, TEAM, YUKI, staged

WITH_ADMIN = TEAM.replace("[[channels]]", '[defaults]\nadmin = "U03HANA"\n\n[[channels]]', 1)
GOLD = """
[policies.gold.A]
first_response = "20m"
next_contact = "2h"
"""


def write(folder, text):
    (folder / "jibungoto.toml").write_text(text, encoding="utf-8")


async def test_new_cases_follow_the_new_file_and_running_ones_keep_their_terms(tmp_path):
    async with staged(tmp_path, toml=WITH_ADMIN) as stage:
        first = await stage.open_case()
        write(tmp_path, WITH_ADMIN.replace('language = "ja"', 'language = "ja"\npolicy = "gold"', 1) + GOLD)

        assert (await stage.bot.reloader.reload()).faults == ()
        second = await stage.open_case("[SevA] 決済ができない\nお客様: 東日本商店様")

        assert (first.terms.policy, second.terms.policy) == ("standard", "gold")
        assert (await stage.case(1)).terms == first.terms
        assert stage.said_to(HANA) == []


async def test_what_opens_a_thread_follows_the_new_file_too(tmp_path):
    async with staged(tmp_path, toml=WITH_ADMIN) as stage:
        write(tmp_path, WITH_ADMIN.replace('language = "ja"', 'language = "ja"\naliases = { "最重要" = "A" }', 1))
        await stage.bot.reloader.reload()

        assert (await stage.open_case("[最重要] 決済ができない\nお客様: 東日本商店様")).severity == "A"


async def test_a_faulty_file_changes_nothing_and_every_fault_reaches_the_admin(tmp_path):
    async with staged(tmp_path, toml=WITH_ADMIN) as stage:
        broken = WITH_ADMIN.replace('language = "ja"', 'language = "ja"\npolicy = "platinum"', 1)
        write(tmp_path, broken + '[policies.gold.A]\nfirst_response = "-5m"\nnext_contact = "1h"\ncalendar = "mars"\n')

        faults = (await stage.bot.reloader.reload()).faults

        assert len(faults) == 3
        assert all(fault.startswith(str(tmp_path / "jibungoto.toml")) for fault in faults)
        (told,) = stage.said_to(HANA)
        assert told.text.startswith("変更された設定に誤りがあるため")
        for key in ("channels.0.policy", "policies.gold.A.first_response", "policies.gold.A.calendar"):
            assert key in told.text
        assert (await stage.open_case()).terms.policy == "standard"


async def test_a_file_mended_is_taken_over(tmp_path):
    async with staged(tmp_path, toml=WITH_ADMIN) as stage:
        write(tmp_path, "this is no TOML")
        assert len((await stage.bot.reloader.reload()).faults) == 1
        write(tmp_path, WITH_ADMIN.replace('language = "ja"', 'language = "en"', 1))

        assert (await stage.bot.reloader.reload()).faults == ()

        assert (await stage.open_case()).language == "en"


async def test_what_is_read_at_the_start_alone_stays_as_it_was(tmp_path):
    async with staged(tmp_path, toml=WITH_ADMIN) as stage:
        write(tmp_path, 'command = "/case"\n' + WITH_ADMIN)
        await stage.bot.reloader.reload()

        assert stage.bot.desk.config.command == "/sev"
        assert "/sev" in await stage.sev(YUKI, "help")


ADMINS = WITH_ADMIN.replace('admin = "U03HANA"', 'admin = "U03HANA"\nadmins = ["U03HANA"]')


async def test_an_admin_has_it_read_anew_from_slack_and_hears_what_became_of_it(tmp_path):
    async with staged(tmp_path, toml=ADMINS) as stage:
        write(tmp_path, 'command = "/case"\n' + ADMINS.replace('language = "ja"', 'language = "en"', 1))

        said = await stage.sev(HANA, "設定 再読込")

        assert "設定を読み直しました" in said
        assert "command" in said
        assert (await stage.open_case()).language == "en"


async def test_a_faulty_file_is_answered_with_every_fault_and_said_once(tmp_path):
    async with staged(tmp_path, toml=ADMINS) as stage:
        write(tmp_path, ADMINS.replace('language = "ja"', 'language = "ja"\npolicy = "platinum"', 1))

        said = await stage.sev(HANA, "settings reload")

        assert "channels.0.policy" in said
        assert stage.said_to(HANA) == []
        assert (await stage.open_case()).terms.policy == "standard"


async def test_nobody_else_can_and_nothing_else_is_done(tmp_path):
    async with staged(tmp_path, toml=ADMINS) as stage:
        assert "U03HANA" in await stage.sev(YUKI, "settings reload")
        assert "settings 再読込" in await stage.sev(HANA, "設定 policy")


async def test_what_has_changed_is_named_by_its_key_and_never_by_its_value(tmp_path):
    async with staged(tmp_path, toml=ADMINS) as stage:
        fresh = ADMINS.replace('language = "ja"', 'language = "en"', 1).replace('backup = ["U03HANA"]', "")
        write(tmp_path, fresh + GOLD)

        said = await stage.sev(HANA, "settings reload")

        assert "変わった項目:channels.0.language、channels.0.backup、policies.gold" in said
        assert "20m" not in said


async def test_where_nothing_has_changed_that_is_said(tmp_path):
    async with staged(tmp_path, toml=ADMINS) as stage:
        assert "内容は前回と同じです。" in await stage.sev(HANA, "settings reload")
