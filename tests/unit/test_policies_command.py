"""`jibungoto policies`: the list, one of them to copy, and what `check` and the doctor say of those in use."""

import tomllib

import pytest
from typer.testing import CliRunner, Result

from bot.chores import policy_findings
from bot.cli import BAD_SETTINGS, app
from bot.domain.policy import Terms
from bot.settings import load_configuration
from handlers.views.policies import doubt


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command where `jibungoto.toml` says this, in a terminal of that language."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, lang: str = "C.UTF-8", file: str = "", wide: int = 200) -> Result:
        (tmp_path / "jibungoto.toml").write_text(file, encoding="utf-8")
        return CliRunner().invoke(app, words, env={"LANG": lang, "LC_ALL": "", "LC_MESSAGES": "", "COLUMNS": str(wide)})

    return run


def row(result: Result, key: str) -> list[str]:
    """The cells of one policy."""
    (line,) = [line for line in result.stdout.splitlines() if line.split()[:1] == [key]]
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_it_lists_every_policy_with_what_it_promises_and_how_sure_that_is(run):
    listed = run("policies")

    assert listed.exit_code == 0
    assert listed.stdout.startswith("32 policies")
    assert row(listed, "aws-business-support-plus") == [
        "aws-business-support-plus", "AWS", "Business Support+", "sold today",
        "30m? 24x7 (1h~)", "4h~ 24x7", "12h~ 24x7 (24h~)",
    ]  # fmt: skip
    assert row(listed, "azure-standard")[-2:] == ["4h~ jp-0900-1730 (en: 24x7)", "8h~ jp-0900-1730"]
    assert row(listed, "oracle-oci")[-2] == "none published 24x7"
    assert "? not seen on any page: ask before you rely on it" in listed.stdout


@pytest.mark.parametrize(("words", "lang"), [((), "ja_JP.UTF-8"), (("--language", "ja"), "C.UTF-8")])
def test_it_speaks_the_language_of_the_terminal_or_the_one_asked_for(run, words, lang):
    listed = run("policies", *words, lang=lang)

    assert listed.stdout.startswith("契約条件 32 件")
    assert row(listed, "aws-business")[3] == "新規提供終了"
    assert run("policies", "--language", "en", lang="ja_JP.UTF-8").stdout.startswith("32 policies")


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (("--vendor", "red hat"), {"redhat-standard", "redhat-premium"}),
        (("--confidence", "ours"), {"standard", "team-starter"}),
        (("--vendor", "AWS", "--confidence", "unconfirmed"), {"aws-business-support-plus"}),
        (("--vendor", "nobody"), set()),
    ],
)
def test_it_shows_those_that_were_asked_for(run, words, keys):
    shown = run("policies", *words).stdout.splitlines()
    known = load_configuration(None).policies
    assert {line.split()[0] for line in shown if line.split() and line.split()[0] in known} == keys


def test_it_fits_a_narrow_terminal(run):
    assert max(len(line) for line in run("policies", wide=80).stdout.splitlines()[:60]) <= 80


@pytest.mark.parametrize("language", ["ja", "en"])
def test_one_is_printed_as_toml_below_what_there_is_to_know_of_it(run, language):
    printed = run("policies", "google-cloud-standard", "--language", language).stdout

    assert tomllib.loads(printed)["policies"]["google-cloud-standard"]["B"]["first_response"] == "4h"
    comments = [line for line in printed.splitlines() if line.startswith("#")]
    assert [line for line in comments if "https://gao.ninja/blog/customer-care-portfolio" in line]
    assert run("check", file=printed).exit_code == 0


def test_one_of_your_own_is_printed_with_what_it_is_like_filled_in(run):
    file = '[policies.ours]\nlike = "aws-enterprise"\n[policies.ours.A]\nhold = "5m"\n'
    printed = tomllib.loads(run("policies", "ours", file=file).stdout)["policies"]["ours"]

    assert (printed["A"]["hold"], printed["A"]["first_response"], "like" in printed) == ("5m", "15m", False)


def test_an_unknown_name_is_answered_with_the_near_ones(run):
    refused = run("policies", "aws-entreprise")
    assert (refused.exit_code, '"aws-enterprise"' in refused.stderr) == (BAD_SETTINGS, True)
    assert run("policies", "--confidence", "high").exit_code == BAD_SETTINGS


# ---------------------------------------------------------------- what is doubtful

GAO = "https://gao.ninja/blog/customer-care-portfolio"


def channel(**keys: str) -> str:
    said = {"id": '"C1"', "customer_zone": '"Asia/Tokyo"', "customer_country": '"JP"'} | keys
    return "[[channels]]\n" + "\n".join(f"{key} = {value}" for key, value in said.items())


def test_check_warns_of_figures_that_were_not_read_at_the_vendors(run):
    checked = run("check", file=channel(policy='"google-cloud-premium"', severities='["A", "B"]'))

    assert checked.exit_code == 0
    warnings = [line for line in checked.stderr.splitlines() if "google-cloud-premium" in line]
    assert [("severity A" in line, GAO in line) for line in warnings] == [(True, True), (False, False)]
    assert "have not been seen on the vendor's page" in warnings[1]
    assert "https://cloud.google.com/support" in warnings[1]


@pytest.mark.parametrize("policy", ['"aws-enterprise"', '"standard"'])
def test_check_is_silent_where_nothing_is_doubtful(run, policy):
    assert "figures" not in run("check", file=channel(policy=policy)).stderr


def findings(tmp_path, text):
    (tmp_path / "jibungoto.toml").write_text(text, encoding="utf-8")
    return [(one.state, one.say) for one in policy_findings(load_configuration(str(tmp_path / "jibungoto.toml")))]


def test_the_doctor_hears_of_plans_that_are_named_too(tmp_path):
    (warning,) = findings(tmp_path, channel(plans='{ Gold = "microsoft-unified" }'))
    assert warning[0] == "warning"
    assert "microsoft-unified" in warning[1]


def test_the_doctor_hears_of_an_example_in_use(tmp_path):
    assert findings(tmp_path, channel(policy='"team-starter"')) == [
        ("warning", "team-starter is an example, not your contract")
    ]


@pytest.mark.parametrize(
    ("confidence", "source", "said"),
    [
        ("confirmed", "https://example.com", None),
        ("ours", "", None),
        ("secondary", "https://example.com", ("an older page", "古いページ")),
        ("unconfirmed", "https://example.com", ("have not been seen", "確認できていません")),
    ],
)
def test_a_case_can_say_what_is_doubtful_of_its_terms(confidence, source, said):
    terms = Terms(policy="gold", version="1", severity="A", confidence=confidence, source=source)

    for language, words in zip(("en", "ja"), said or ("", ""), strict=True):
        sentence = doubt(terms, language)
        assert (words in sentence, source in sentence, "gold" in sentence) == (True,) * 3 if said else sentence == ""
