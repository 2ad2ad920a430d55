"""The plan that a post names decides what the case is held to, where the channel says so."""

import pytest
import yaml

from tests.stage import ROOT, SEV_A, staged

POSTS = {post["id"]: post["text"] for post in yaml.safe_load(
    (ROOT / "tests/samples/sev-a-posts.yaml").read_text(encoding="utf-8"))["posts"]}  # fmt: skip
BY_PLAN = (
    f'[[channels]]\nid = "{SEV_A}"\nby_plan = true\ncustomer_country = "JP"\nplans = {{ "Gold" = "redhat-premium" }}\n'
)


@pytest.mark.parametrize(
    ("text", "policy", "source"),
    [
        (POSTS["store-pos"], "azure-rapid-response", "https://azure.microsoft.com/en-gb/support/plans/response/"),
        (POSTS["en-plain"], "azure-professional-direct", "https://azure.microsoft.com/en-gb/support/plans/response/"),
        (POSTS["jp-wide"], "standard", "ours"),
        (
            "[SevA] DB down\nplan: ＧＯＬＤ",
            "redhat-premium",
            "https://access.redhat.com/site/support/offerings/openshift/sla",
        ),
        ("[SevA] DB down\nplan: Premium", "standard", "ours"),
    ],
)
async def test_a_case_is_held_to_the_plan_in_its_post(tmp_path, text, policy, source):
    "And keeps where its figures come from; a plan that nobody knows leaves the channel's policy."
    async with staged(tmp_path, toml=BY_PLAN) as stage:
        await stage.yuki.post(SEV_A, text, as_stored=True)
        await stage.settle()

        terms = (await stage.case()).terms
        assert (terms.policy, terms.source) == (policy, source)


async def test_without_by_plan_the_channels_policy_stands(stage):
    await stage.yuki.post(SEV_A, POSTS["store-pos"], as_stored=True)
    await stage.settle()

    assert (await stage.case()).terms.policy == "standard"
