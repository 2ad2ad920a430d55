"""Files: an address, the bytes, and then they are shared; nothing stands anywhere before."""

import json

import aiohttp


async def sent(slack, client, name="report.md", content=b"# Report", **more):
    asked = await client.files_getUploadURLExternal(filename=name, length=len(content), **more)
    async with aiohttp.ClientSession() as session, session.post(asked["upload_url"], data=content) as answer:
        assert answer.status == 200
    return asked["file_id"]


async def test_files_stand_in_a_thread_as_one_message(slack, client):
    root = await slack.person("U01YUKI").post("C01SEVJA", "down")
    one, two = await sent(slack, client), await sent(slack, client, "timeline.png", b"\x89PNG", alt_txt="a picture")
    said = [{"type": "section", "text": {"type": "mrkdwn", "text": "here", "verbatim": True}}]

    await client.files_completeUploadExternal(
        files=[{"id": one, "title": "Report"}, {"id": two}], channel_id="C01SEVJA", thread_ts=root.ts,
        blocks=json.dumps(said),
    )  # fmt: skip
    answer = await client.conversations_replies(channel="C01SEVJA", ts=root.ts)

    _, reply = answer["messages"]
    assert [(file["name"], file["title"]) for file in reply["files"]] == [
        ("report.md", "Report"),
        ("timeline.png", "timeline.png"),
    ]
    assert reply["blocks"][0]["text"]["text"] == "here"
    assert reply["thread_ts"] == root.ts


async def test_what_was_not_sent_can_not_be_shared(slack, client, refused):
    asked = await client.files_getUploadURLExternal(filename="a.md", length=3)
    files = [{"id": asked["file_id"]}]

    assert await refused(client.files_completeUploadExternal(files=files, channel_id="C01SEVJA")) == "file_not_found"
    async with aiohttp.ClientSession() as session, session.post(asked["upload_url"], data=b"too long") as answer:
        assert answer.status == 400
    async with aiohttp.ClientSession() as session, session.post(f"{slack.url}/upload/v1/else", data=b"abc") as answer:
        assert answer.status == 404
    assert await refused(client.files_getUploadURLExternal(filename="", length=3)) == "missing_argument"


async def test_a_file_is_on_the_page_and_can_be_taken(slack, client):
    id = await sent(slack, client, "report.html", b"<script>alert(1)</script>")
    await client.files_completeUploadExternal(files=[{"id": id, "title": "The report"}], channel_id="C01SEVJA")

    async with aiohttp.ClientSession() as session:
        async with session.get(f"{slack.url}/as/U01YUKI/C01SEVJA") as page:
            text = await page.text()
        async with session.get(f"{slack.url}/page/file/{id}") as file:
            taken, headers = await file.read(), file.headers
        async with session.get(f"{slack.url}/page/file/F0") as missing:
            assert missing.status == 400

    assert f'href="/page/file/{id}"' in text
    assert "The report" in text
    assert "report.html" in text
    assert taken == b"<script>alert(1)</script>"
    assert headers["Content-Disposition"].startswith("attachment")
    assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_without_its_scope_nothing_is_uploaded(slack, client, refused):
    object.__setattr__(slack.app, "scopes", slack.app.scopes - {"files:write"})

    assert await refused(client.files_getUploadURLExternal(filename="a.md", length=3)) == "missing_scope"
