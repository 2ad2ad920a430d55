"""Report: what happened on a case, as papers to keep: Markdown, one HTML page, and a picture of its time."""
