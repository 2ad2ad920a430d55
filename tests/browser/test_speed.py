"""Speed: a channel with two thousand messages opens and follows at once, measured in the browser."""

import statistics

from playwright.async_api import expect

from tests.stage import KEN, YUKI

MESSAGES = 2000
QUIET = "C05NOBOT"
"""A channel without the bot: what is measured is the page."""
FIRST_PAINT, UPDATE = 1000, 100
"""Milliseconds that we want."""
NOISE = 3
"""How much slower a busy machine may be."""
LOOKS = 7

PAINTED = """() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"""
FOLLOW = """() => {
  window.seen = [];
  document.getElementById('compose-text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') window.pressed = performance.now();
  }, true);
  new MutationObserver((changes) => {
    if (!changes.some((change) => [...change.addedNodes].some((node) => node.matches?.('li.row')))) return;
    requestAnimationFrame(() => window.seen.push(performance.now() - window.pressed));
  }).observe(document.getElementById('messages'), { childList: true });
}"""


async def test_two_thousand_messages(house, capsys):
    """First paint from the address on; an update from the Enter of one's own message to the frame that shows it."""
    people = [house.slack.person(who).person for who in (YUKI, KEN)]
    for number in range(MESSAGES):
        house.slack.posts.person_says(
            people[number // 3 % 2], QUIET, f"{number} 番目: 接続は正常です、確認を続けます", None
        )
    window = await house.window(YUKI, QUIET)
    await expect(window.row(f"{MESSAGES - 1} 番目")).to_be_visible()
    paints = []
    for _ in range(LOOKS):
        await window.go(QUIET)
        paints.append(await window.until(PAINTED))

    await window.page.evaluate(FOLLOW)
    for number in range(LOOKS):
        await window.say(f"新しい {number}")
        await window.until("count => window.seen.length === count", number + 1)
    updates = await window.page.evaluate("window.seen")

    paint, update = statistics.median(paints), statistics.median(updates)
    with capsys.disabled():
        print(f"\n{MESSAGES} messages: first paint {paint:.0f} ms, update {update:.0f} ms")  # noqa: T201
    assert paint < FIRST_PAINT * NOISE
    assert update < UPDATE * NOISE
