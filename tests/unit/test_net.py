"""The net: which messages should lie at Slack for a case, and how what lies is made what should."""

from datetime import timedelta

import pytest
from cases import ANN, BEN, CHO, NINE, THREAD, a_case, after, ask, at, contact, promise, told
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import AcceptHandoff, LoseOwner, OfferHandoff, ResolveCase
from bot.domain.net import FARTHEST, HEADROOM, PER_WINDOW, SAFE, STEP, TOGETHER, Laid, uncrowded, wanted, work

GRACE = timedelta(minutes=10)


def nets(case, clock, unsaid=()):
    """What should lie, in short: the promise, for whom, and when."""
    return [(net.key, net.to, net.post_at) for net in wanted(case, unsaid, at(clock), GRACE)]


def lies(net, **changed):
    """That net as it lies at Slack."""
    place = net.to or "C_TEAM"
    known = {"seq": 1, "key": net.key, "case": net.case, "to": net.to, "place": place, "thread": None,
             "post_at": net.post_at, "channel": "D1", "scheduled": "Q1"}  # fmt: skip
    return Laid(**(known | changed))


class TestWhatShouldLie:
    def test_the_first_response_and_every_promise(self):
        case = after(a_case(), promise("9:40"), "9:01")

        assert nets(case, "9:01") == [
            ("SEV-42/first-response/1", ANN, at("9:25")),
            ("SEV-42/next-contact/1", ANN, at("9:50")),
        ]

    def test_what_the_bot_itself_has_said_needs_no_net(self):
        case = told(a_case(), "9:10", "9:15")

        assert nets(case, "9:15") == []

    def test_what_was_written_and_not_yet_sent_still_needs_it_and_later(self):
        case = told(a_case(), "9:10", "9:15")

        assert nets(case, "9:15", ["SEV-42/first-response/1/due/person:U_ANN"]) == [
            ("SEV-42/first-response/1", ANN, at("9:30"))
        ]

    def test_a_letter_of_another_clock_is_no_reason(self):
        case = told(a_case(), "9:10", "9:15")

        assert nets(case, "9:15", ["SEV-42/next-contact/1/due/person:U_ANN", "SEV-4/first-response/1/due/thread"]) == []

    @pytest.mark.parametrize("ending", [contact("9:50"), ask(ResolveCase, how="rebooted")])
    def test_nothing_for_what_is_over(self, ending):
        case = after(a_case(), ending, "9:05")

        assert [key for key, *_ in nets(case, "9:05") if "first-response" in key] == []

    def test_a_handover_moves_it(self):
        case = after(after(a_case(), ask(OfferHandoff, to=CHO), "9:01"), ask(AcceptHandoff, CHO, action="call"), "9:02")

        assert nets(case, "9:02") == [("SEV-42/first-response/1", CHO, at("9:25"))]

    def test_without_an_owner_it_lies_in_the_thread(self):
        case = after(a_case(), ask(LoseOwner, ""), "9:01")

        assert nets(case, "9:02") == [("SEV-42/first-response/1", None, at("9:25"))]
        assert nets(case.model_copy(update={"thread": None}), "9:02") == []

    def test_what_comes_near_is_pushed_on_by_the_living(self):
        moments = ["9:13", "9:14", "9:14:01", "9:19", "9:20"]

        pushed = [wanted(a_case(), (), at(clock), GRACE)[0].post_at for clock in moments]

        assert pushed == [at("9:25"), at("9:30"), at("9:30"), at("9:35"), at("9:35")]

    @given(st.integers(0, 60 * 300), st.integers(0, 3600))
    def test_the_living_never_lays_what_it_could_not_withdraw(self, seconds, grace):
        now = NINE + timedelta(seconds=seconds)

        for net in wanted(a_case(), (), now, timedelta(seconds=grace)):
            assert net.post_at - now > SAFE + HEADROOM
            assert net.post_at >= net.due + timedelta(seconds=grace)
            assert net.post_at - max(now, net.due + timedelta(seconds=grace)) <= SAFE + HEADROOM + STEP


class TestWhatHasToBeDone:
    NET = wanted(a_case(), (), NINE, GRACE)[0]

    def do(self, nets, laid, clock="9:00", thread=THREAD):
        return work(nets, laid, thread, at(clock))

    def test_what_is_missing_is_laid(self):
        assert self.do([self.NET], []).lay == (self.NET,)

    def test_what_lies_rightly_is_left_until_it_comes_near(self):
        todo = self.do([self.NET], [lies(self.NET)])

        assert (todo.lay, todo.withdraw, todo.look_at) == ((), (), at("9:14"))

    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param({"to": BEN}, id="another owner"),
            pytest.param({"key": "SEV-42/next-contact/1"}, id="another promise"),
            pytest.param({"post_at": at("9:24")}, id="too early"),
            pytest.param({"thread": "1.000"}, id="a thread that is gone"),
        ],
    )
    def test_what_lies_wrongly_is_laid_anew_and_withdrawn(self, wrong):
        old = lies(self.NET, **wrong)

        todo = self.do([self.NET], [old])

        assert (todo.lay, todo.withdraw) == ((self.NET,), (old,))

    def test_nothing_is_laid_while_nobody_knows_what_lies(self):
        unknown = lies(self.NET, scheduled=None)

        todo = self.do([self.NET], [unknown])

        assert (todo.lay, todo.find) == ((), (unknown,))

    def test_whom_slack_has_told_is_not_told_by_it_again(self):
        spoken = lies(self.NET)
        todo = self.do([self.NET.model_copy(update={"post_at": at("9:45")})], [spoken], "9:30")

        assert (todo.lay, todo.spoke) == ((), (spoken,))

    def test_in_the_last_minute_nobody_asks_it_back(self):
        todo = self.do([], [lies(self.NET)], "9:24:01")

        assert (todo.withdraw, todo.look_at) == ((), at("9:25"))

    def test_what_is_too_far_ahead_waits(self):
        far = self.NET.model_copy(update={"post_at": NINE + timedelta(days=200)})

        todo = self.do([far], [])

        assert (todo.lay, todo.look_at) == ((), far.post_at - FARTHEST)

    @given(st.integers(0, 60 * 60), st.lists(st.integers(0, 3600), max_size=4), st.booleans())
    def test_doing_it_settles_it(self, seconds, posts, unsaid):
        "After the work is done, the same look finds nothing to lay, and looks again later and not at once."
        now = NINE + timedelta(seconds=seconds)
        should = wanted(a_case(), ["SEV-42/first-response/1/due/thread"] if unsaid else (), now, GRACE)
        laid = [lies(self.NET, seq=n, post_at=NINE + timedelta(seconds=s)) for n, s in enumerate(posts)]
        todo = work(should, laid, THREAD, now)

        left = [one for one in laid if one not in todo.withdraw and one not in todo.spoke]
        left += [one.model_copy(update={"spoke": True}) for one in todo.spoke]
        left += [lies(net, seq=100) for net in todo.lay]
        again = work(should, left, THREAD, now)

        assert (again.lay, again.find, again.withdraw, again.spoke) == ((), (), (), ())
        assert again.look_at is None or again.look_at > now


class TestTheWindow:
    def test_has_room_for_thirty(self):
        moment = at("9:25")

        assert uncrowded("U1", moment, [("U1", moment)] * (PER_WINDOW - 1)) == moment
        assert uncrowded("U1", moment, [("U1", moment)] * PER_WINDOW) == moment + STEP

    def test_of_another_place_is_another_window(self):
        assert uncrowded("U1", at("9:25"), [("U2", at("9:25"))] * PER_WINDOW) == at("9:25")

    @given(st.lists(st.tuples(st.sampled_from(["U1", "U2", "C1"]), st.integers(-30, 30)), max_size=200))
    def test_is_never_overfull(self, laid):
        others = [(place, at("9:25") + timedelta(minutes=minutes)) for place, minutes in laid]

        found = uncrowded("U1", at("9:25"), others)

        assert sum(place == "U1" and abs(other - found) < STEP for place, other in others) < PER_WINDOW
        assert found >= at("9:25")

    def test_ten_thousand_promises_of_one_moment_can_all_be_withdrawn_in_time(self):
        """Slack lets 50 a minute be withdrawn: whoever needs two of them for each never falls behind."""
        others = []
        for number in range(10_000):
            others.append((f"U{number % 500}", uncrowded(f"U{number % 500}", at("9:25"), others)))

        times = sorted(moment for _, moment in others)
        for start in range(0, len(times), 100):
            span = [moment for moment in times if times[start] <= moment < times[start] + timedelta(hours=1)]
            assert 2 * len(span) <= 48 * 60 + 2 * TOGETHER
