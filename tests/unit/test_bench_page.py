"""The page of figures: what is measured anew takes its place, and the rest stays as it was."""

from tests.benchmarks.figures import Report, Times


def report(*chapters: tuple[str, float]) -> Report:
    report = Report()
    for title, seconds in chapters:
        report.chapter(title, f"About {title}.")
        report.add("took", Times([seconds]))
    return report


def test_a_chapter_measured_by_itself_replaces_its_own_figures_and_says_so():
    page = report(("acks", 0.001), ("reminders", 1.0), ("search", 0.009)).page()

    anew = report(("reminders", 2.0)).page_with(page)

    parts = anew.split("\n## ")
    assert [part.partition("\n")[0] for part in parts[1:]] == ["How to read it", "acks", "reminders", "search"]
    assert ("2,000.00 ms" in parts[3], "1,000.00 ms" in anew) == (True, False)
    assert ("Measured by itself" in parts[3], anew.count("Measured by itself")) == (True, 1)
    assert parts[0] == page.split("\n## ")[0]
    assert parts[4].rstrip() == page.split("\n## ")[4].rstrip()


def test_measured_twice_it_says_so_once():
    page = report(("acks", 0.001), ("reminders", 1.0)).page()
    twice = report(("reminders", 3.0)).page_with(report(("reminders", 2.0)).page_with(page))
    assert twice.count("Measured by itself") == 1


def test_a_new_question_comes_last():
    assert (
        report(("search", 1.0))
        .page_with(report(("acks", 0.001)).page())
        .rstrip()
        .endswith("| took | 1,000.00 ms / 1,000.00 ms |")
    )
