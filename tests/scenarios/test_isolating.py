"""Isolating a fault together: one holder for each area, others who join, and findings with evidence."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.case import Case
from sandbox import Person, Sandbox, SlackRefusal, World
from tests.stage import ALEX, BOB, HANA, KEN, MEI, NINE, ROOT, SEV_A, YUKI, Stage, area, in_japanese, staged

DEFAULT_AREAS = (
    "platform-host", "guest-os", "web-server", "firewall", "network-path", "storage-backend", "application",
)  # fmt: skip


@pytest.fixture
async def opened(stage: Stage) -> Case:
    return await stage.open_case()


async def more(stage: Stage, who: str, case: Case) -> list[str]:
    """The buttons behind "More", as somebody sees them, by verb and value."""
    await stage.on_card(who, case, "more")
    blocks = stage.slack.person(who).view["blocks"]
    elements = [e for block in blocks for e in (*block.get("elements", []), block.get("accessory"))]
    return [f"{e['action_id']} {e['value']}" for e in elements if e and e.get("type") == "button"]


async def from_more(stage: Stage, who: str, case: Case, action: str, value: str) -> None:
    """Press one of them."""
    await more(stage, who, case)
    person = stage.slack.person(who)
    await person.click(person.view, action, value=value)
    await stage.settle()


class TestClaiming:
    """ "I am looking at this": by the card, by `/sev`, by a mention in the thread."""

    async def claimed(self, stage: Stage, case: Case, way: str, who: str, name: str) -> str:
        if way == "card":
            return await stage.on_card(who, case, "claim", option=name)
        if way == "more":
            await more(stage, who, case)
            person = stage.slack.person(who)
            await person.click(person.view, "claim", option=f"1 {name}")
            await stage.settle()
            return ""
        if way == "slash":
            return await stage.sev(who, f"claim 1 {name}")
        return await stage.mention(who, case, f"claim {name}")

    @pytest.mark.parametrize("way", ["card", "more", "slash", "mention"])
    async def test_an_area_has_its_holder_on_the_card_and_nowhere_else(self, stage, opened, way):
        "The thread is not told; whoever claims gets the first questions of this area, privately."
        answer = await self.claimed(stage, opened, way, KEN, "firewall")

        held = area(await stage.case(), "firewall")
        assert (held.holder, held.state, held.joined) == (KEN, "claimed", ())
        assert stage.said_in(opened) == []
        line = next(line for line in stage.card(opened).text.split("\n") if held.name_ja in line)
        assert f"<@{KEN}>" in line
        if way != "more":  # where the modal itself shows them
            assert answer.startswith("SEV-1: ")
            assert answer.count("\n• ") == 3

    async def test_more_shows_the_questions_and_results_of_what_i_hold(self, stage, opened):
        await stage.sev(KEN, "claim 1 firewall")
        buttons = await more(stage, KEN, opened)
        assert [b for b in buttons if b.endswith(" 1 firewall")] == [
            f"{verb} 1 firewall" for verb in ("clear", "suspect", "cause", "waiting", "release", "swarm", "task")
        ]
        mine = next(b["text"]["text"] for b in stage.ken.view["blocks"] if "<@U04KEN>" in str(b.get("text")))
        assert mine.count("• ") == 3

    async def test_who_claims_twice_is_told_so(self, stage, opened):
        "Nothing is written a second time."
        await stage.sev(KEN, "claim 1 firewall")
        kinds = await stage.kinds()
        answer = await stage.sev(KEN, "claim 1 firewall")

        assert "/sev clear 1 firewall" in answer
        assert await stage.kinds() == kinds

    @pytest.mark.parametrize(
        ("said", "meant"),
        [("ファイアウォール", "firewall"), ("fire", "firewall"), ("fw", "firewall"), ("ゲスト OS", "guest-os"),
         ("GUEST OS", "guest-os"), ("Network path", "network-path"), ("ｆｉｒｅｗａｌｌ", "firewall")],
    )  # fmt: skip
    async def test_areas_go_by_any_of_their_names(self, stage, opened, said, meant):
        await stage.sev(KEN, f"claim 1 {said}")

        assert [each.key for each in (await stage.case()).areas if each.holder == KEN] == [meant]

    async def test_a_new_area_is_added_and_claimed_in_one_step(self, stage, opened):
        "By the words of a line …"
        await stage.mention(KEN, opened, "claim new: 決済ゲートウェイ")

        case = await stage.case()
        assert len(case.areas) == len(DEFAULT_AREAS) + 1
        assert (case.areas[-1].name_ja, case.areas[-1].name_en, case.areas[-1].holder) == (
            "決済ゲートウェイ", "決済ゲートウェイ", KEN,
        )  # fmt: skip

    async def test_a_new_area_can_be_named_in_a_form(self, stage, opened):
        "… or by the last entry of the menu. It can then be named like any other."
        await stage.on_card(KEN, opened, "claim", option="new")
        assert await stage.ken.submit({"text": "決済ゲートウェイ"}) is None
        await stage.sev(MEI, "join 1 決済ゲートウェイ")

        assert (await stage.case()).areas[-1].joined == (MEI,)

    async def test_an_area_that_is_there_is_not_added_again(self, stage, opened):
        "The refusal stands at the field, and says which."
        await stage.on_card(KEN, opened, "claim", option="new")
        errors = await stage.ken.submit({"text": "ゲスト　ＯＳ"})

        assert list(errors) == ["text"]
        assert tuple(each.key for each in (await stage.case()).areas) == DEFAULT_AREAS

    async def test_without_a_name_a_command_asks_which(self, stage, opened):
        "`/sev claim` shows what can be claimed; a mention, which can't open a form, says how."
        await stage.ken.command("/sev", "claim", channel=SEV_A)
        assert stage.ken.view["callback_id"] == "more"

        answer = await stage.mention(KEN, opened, "claim")
        assert "claim 1 platform-host" in answer


class TestJoiningAndReleasing:
    """One holder, any number of helpers, and no area with helpers but nobody who holds it."""

    @pytest.fixture
    async def held(self, stage: Stage, opened: Case) -> Case:
        await stage.sev(KEN, "claim 1 firewall")
        return opened

    @pytest.mark.parametrize("way", ["more", "slash", "mention"])
    async def test_others_may_join(self, stage, held, way):
        if way == "more":
            await from_more(stage, MEI, held, "join", "1 firewall")
        elif way == "slash":
            await stage.sev(MEI, "join 1 firewall")
        else:
            await stage.mention(MEI, held, "参加 firewall")

        firewall = area(await stage.case(), "firewall")
        assert (firewall.holder, firewall.joined) == (KEN, (MEI,))
        assert stage.said_in(held) == []

    @pytest.mark.parametrize("way", ["more", "slash", "mention", "only one"])
    async def test_the_holder_gives_back(self, stage, held, way):
        "Where one holds a single area, it need not be named."
        if way == "more":
            await from_more(stage, KEN, held, "release", "1 firewall")
        elif way == "slash":
            await stage.sev(KEN, "release 1 firewall")
        else:
            await stage.mention(KEN, held, "解除 firewall" if way == "mention" else "解除")

        freed = area(await stage.case(), "firewall")
        assert (freed.holder, freed.state, freed.unseen) == (None, "open", True)
        assert stage.said_in(held) == []

    async def test_the_first_helper_goes_on_when_the_holder_leaves(self, stage, held):
        await stage.sev(MEI, "join 1 firewall")
        await stage.sev(HANA, "join 1 firewall")
        await stage.sev(KEN, "release 1 firewall")

        firewall = area(await stage.case(), "firewall")
        assert (firewall.holder, firewall.joined) == (MEI, (HANA,))

    async def test_to_join_what_nobody_holds_is_to_claim_it(self, stage, opened):
        await stage.sev(MEI, "join 1 guest-os")

        guest_os = area(await stage.case(), "guest-os")
        assert (guest_os.holder, guest_os.joined) == (MEI, ())

    async def test_nobody_gives_back_what_is_not_theirs(self, stage, held):
        answer = await stage.sev(MEI, "release 1 firewall")

        assert area(await stage.case(), "firewall").holder == KEN
        assert "join 1 firewall" in answer


class TestFindings:
    """Cleared, suspect, cause or waiting: always with one line of evidence."""

    VERDICTS = (("clear", "cleared"), ("suspect", "suspect"), ("cause", "cause"), ("waiting", "waiting"))

    @pytest.fixture
    async def held(self, stage: Stage, opened: Case) -> Case:
        await stage.sev(KEN, "claim 1 firewall")
        return opened

    @pytest.mark.parametrize(("verb", "verdict"), VERDICTS)
    @pytest.mark.parametrize("way", ["more", "slash", "mention"])
    async def test_are_kept_with_their_evidence(self, stage, held, way, verb, verdict):
        if way == "more":
            await from_more(stage, KEN, held, verb, "1 firewall")
            assert await stage.ken.submit({"evidence": "23:40 から拒否ログ 312 件"}) is None
            assert stage.ken.view is None
            await stage.settle()
        elif way == "slash":
            await stage.sev(KEN, f"{verb} 1 firewall 23:40 から拒否ログ 312 件")
        else:
            await stage.mention(KEN, held, f"{verb} firewall 23:40 から拒否ログ 312 件")

        found = area(await stage.case(), "firewall")
        assert (found.verdict, found.evidence, found.reported_by, found.holder) == (
            verdict, "23:40 から拒否ログ 312 件", KEN, KEN,
        )  # fmt: skip
        assert "23:40 から拒否ログ 312 件" in stage.card(held).text

    @pytest.mark.parametrize(("verb", "told"), [("clear", 0), ("waiting", 0), ("suspect", 1), ("cause", 1)])
    async def test_the_thread_hears_of_a_suspect_and_a_cause_only(self, stage, held, verb, told):
        await stage.sev(KEN, f"{verb} 1 firewall 拒否ログ 312 件")

        said = stage.said_in(held)
        assert len(said) == told
        assert all("拒否ログ 312 件" in message.text and f"<@{KEN}>" in message.text for message in said)

    @pytest.mark.parametrize("verb", [verb for verb, _ in VERDICTS])
    async def test_without_evidence_are_refused(self, stage, held, verb):
        "A mention is refused with an example; a slash command opens the form, which insists."
        answer = await stage.mention(KEN, held, f"{verb} firewall")
        assert f"{verb} 1 firewall " in answer

        await stage.ken.command("/sev", f"{verb} 1 firewall", channel=SEV_A)
        with pytest.raises(SlackRefusal, match="evidence"):
            await stage.ken.submit()
        assert list(await stage.ken.submit({"evidence": "  "})) == ["evidence"]
        assert area(await stage.case(), "firewall").verdict is None

    async def test_a_helper_may_report_and_a_bystander_may_not(self, stage, held):
        refused = await stage.sev(HANA, "clear 1 firewall 見てみました")
        await stage.sev(MEI, "join 1 firewall")
        await stage.sev(MEI, "clear 1 firewall 拒否ログなし")

        found = area(await stage.case(), "firewall")
        assert (found.reported_by, found.holder, found.verdict) == (MEI, KEN, "cleared")
        assert f"<@{KEN}>" in refused
        assert "join 1 firewall" in refused

    async def test_an_area_nobody_held_becomes_the_reporters(self, stage, opened):
        await stage.mention(HANA, opened, "異常なし ゲスト OS イベントログに異常なし")

        found = area(await stage.case(), "guest-os")
        assert (found.holder, found.verdict, found.evidence) == (HANA, "cleared", "イベントログに異常なし")

    async def test_who_holds_one_area_need_not_name_it(self, stage, held):
        await stage.mention(KEN, held, "clear 拒否ログはありませんでした")

        assert area(await stage.case(), "firewall").evidence == "拒否ログはありませんでした"


class TestRaces:
    """Everybody wants the same area in the same moment: the database decides, and the losers hear who won."""

    def losers_know(self, stage: Stage, case: Case, runners: list[str]) -> None:
        winner = area(case, "firewall").holder
        assert winner in runners
        losers = [who for who in runners if who != winner]
        heard = {who: stage.slack.ephemerals(who)[-1].text for who in losers}
        assert {who for who, text in heard.items() if f"<@{winner}>" in text} == set(losers)
        assert all("join 1 firewall" in text for text in heard.values())
        assert f"<@{winner}>" not in stage.slack.ephemerals(winner)[-1].text

    async def test_two_presses_have_one_holder(self, stage, opened):
        card = stage.card(opened)
        await asyncio.gather(*(stage.slack.person(who).click(card, "claim", option="firewall") for who in (KEN, MEI)))
        await stage.settle()

        self.losers_know(stage, await stage.case(), [KEN, MEI])
        assert (await stage.kinds()).count("area_claimed") == 1

    async def test_twenty_people_by_three_ways_have_one_holder(self, tmp_path):
        "Presses, commands and mentions together."
        crowd = [Person(f"U2{n:02}", f"member{n}", f"Member {n}", locale="en-US") for n in range(20)]
        world = World.default()
        channels = tuple(
            replace(channel, members=(*(channel.members or ()), *(p.id for p in crowd))) for channel in world.channels
        )
        everybody = replace(world, people=(*world.people, *crowd), channels=channels)
        async with Sandbox(manifest=ROOT / "manifest.yml", world=everybody, now=NINE) as slack:
            slack.clock.freeze(NINE)
            async with staged(tmp_path, slack=slack) as stage:
                case = await stage.open_case()
                card = stage.card(case)
                acts = []
                for number, each in enumerate(crowd):
                    person = slack.person(each.id)
                    if number % 3 == 0:
                        acts.append(person.click(card, "claim", option="firewall"))
                    elif number % 3 == 1:
                        acts.append(person.command("/sev", "claim 1 firewall", channel=SEV_A))
                    else:
                        acts.append(person.post(SEV_A, "@jibungoto claim firewall", thread_ts=case.thread))
                await asyncio.gather(*acts)
                await stage.settle()

                self.losers_know(stage, await stage.case(), [each.id for each in crowd])
                assert (await stage.kinds()).count("area_claimed") == 1
                assert stage.said_in(case) == []

    async def test_different_areas_go_to_different_people(self, stage, opened):
        "A race is only for one area: nobody loses who wanted another."
        runners = dict(zip((KEN, MEI, HANA, BOB, ALEX), DEFAULT_AREAS, strict=False))
        await asyncio.gather(
            *(stage.slack.person(who).command("/sev", f"claim 1 {key}", channel=SEV_A) for who, key in runners.items())
        )
        await stage.settle()

        assert {area(await stage.case(), key).holder: key for key in runners.values()} == runners


class TestFamilies:
    """The areas come from the kind of product, guessed from the post and changeable."""

    @pytest.mark.parametrize(
        ("post", "family"),
        [
            ("[SevA] 店舗POSのWebサーバーに接続できない", "cloud-web-platform"),
            ("[SevA] 拠点間VPNが切れる", "network"),
            ("[SevA] AKS の pod が CrashLoopBackOff", "kubernetes"),
            ("[SevA] 全員 Teams に入れない。Exchange も不可", "saas-m365"),
            ("[SevA] RDS MySQL のレプリカ遅延でエラー", "database"),
        ],
    )
    async def test_are_guessed_from_the_words(self, stage, post, family):
        case = await stage.open_case(post)

        offered = next(each for each in stage.bot.desk.config.families if each.key == family)
        assert case.family == family
        assert tuple(each.key for each in case.areas) == tuple(each.key for each in offered.areas)

    @pytest.mark.parametrize("way", ["form", "slash", "mention"])
    async def test_can_be_changed_without_losing_a_finding(self, stage, opened, way):
        "What somebody touched stays, the untouched areas give way to the new family's."
        await stage.sev(KEN, "claim 1 firewall")
        await stage.sev(MEI, "clear 1 guest-os 異常ログなし")
        if way == "form":
            await stage.on_card(HANA, opened, "edit")
            await stage.hana.submit({"family": "network"})
            await stage.settle()
        elif way == "slash":
            await stage.sev(HANA, "edit 1 family: network")
        else:
            await stage.mention(HANA, opened, "編集 family: ネットワーク")

        case = await stage.case()
        network = next(each for each in stage.bot.desk.config.families if each.key == "network")
        assert case.family == "network"
        assert [each.key for each in case.areas if not each.unseen] == ["guest-os", "firewall"]
        assert {each.key for each in case.areas} == {"guest-os", "firewall", *(a.key for a in network.areas)}
        assert (area(case, "firewall").holder, area(case, "guest-os").evidence) == (KEN, "異常ログなし")

    async def test_an_unknown_family_names_the_known_ones(self, stage, opened):
        answer = await stage.sev(HANA, "edit 1 family: mainframe")

        assert "kubernetes" in answer
        assert in_japanese(answer)
        assert (await stage.case()).family == opened.family

    async def test_the_owner_is_not_alone_once_somebody_claims(self, stage, opened):
        assert opened.alone
        await stage.sev(KEN, "claim 1 firewall")

        case = await stage.case()
        assert (case.alone, case.people, case.owner) == (False, (KEN,), YUKI)
