"""Looking up many references in a real browser: paste, upload, stop, go on, take the file away; by keyboard; without scripts."""

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from copper_sandbox import Fault
from tests.browser.conftest import LOOKS, Gate, Held, accessible, nothing_spills_over, watch
from tests.pages.conftest import made
from tickets_app.lookup import lookup

HEADING = "#lookup-heading"
DONE = re.compile(r"^[\d,]+ of [\d,]+ found$")
LIST = "References or ids, one a line"


def results(page: Page) -> list[str]:
    return page.locator("[data-result]").evaluate_all("all => all.map(one => one.dataset.result)")


def others(page: Page) -> None:
    """Unfold the form below a result."""
    page.get_by_text("Look up others").click()


def fill(page: Page, site: str, *texts: str) -> None:
    page.goto(f"{site}/tickets/lookup/?created%5Bgte%5D=2026-11-01T00:00:00Z")
    page.get_by_label(LIST).fill("\n".join(texts))


@pytest.fixture
def slow(monkeypatch, settings):
    """A spell of looking ends after a few requests."""
    settings.COPPER_MAX_CONCURRENCY = 1
    monkeypatch.setattr(lookup, "BUDGET", 0.6)
    monkeypatch.setattr(lookup, "TELL_EVERY", 0.1)


def test_paste_a_list_by_keyboard_and_read_the_answers(site, serve, page):
    serve([made(number) for number in range(300)])
    page.goto(f"{site}/tickets/?created%5Bgte%5D=2026-11-01T00:00:00Z")
    page.get_by_role("link", name="Look up many").click()
    page.wait_for_url("**/tickets/lookup/?**")  # with its scripts: without them the result is a page of its own
    expect(page.get_by_label("From (day included)")).to_have_value("2026-11-01")
    page.get_by_label(LIST).focus()
    page.keyboard.insert_text("R-299\nnone\ntkt_00004\n")
    page.get_by_role("button", name="Look up").focus()
    page.keyboard.press("Enter")
    expect(page.locator(HEADING)).to_have_text(DONE)
    expect(page.locator(HEADING)).to_be_focused()
    expect(page.locator("#live")).to_have_text("2 of 3 found. 2 found once, 0 found several times, 1 not found.")
    assert results(page) == ["found", "missing", "found"]
    expect(page.get_by_label(LIST)).to_have_value("R-299\nnone\ntkt_00004\n")
    page.locator("#show-all").focus()
    page.keyboard.press("ArrowRight")  # the radio buttons of "lines to show"
    expect(page.locator("#show-missing")).to_be_checked()
    expect(page.locator("[data-result]:visible")).to_have_count(1)
    page.get_by_text("All 3").click()
    page.locator("[data-result] a").first.click()
    page.wait_for_url("**/tickets/tkt_00299/")


def test_upload_a_file_and_take_the_result_away(site, serve, page, tmp_path):
    serve([made(number) for number in range(300)])
    page.goto(f"{site}/tickets/lookup/?created%5Bgte%5D=2026-11-01T00:00:00Z")
    content = "sum;reference\r\n1;R-7\r\n2;none\r\n".encode("utf-8-sig")
    page.get_by_label("Or a file").set_input_files({"name": "day.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(HEADING)).to_have_text(DONE)
    assert results(page) == ["found", "missing"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert re.fullmatch(r"lookup-[\d-]+\.csv", download.value.suggested_filename)
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[:2] for row in rows[1:]] == [["R-7", "Found"], ["none", "Not found"]]
    expect(page.locator(HEADING)).to_have_text(DONE)  # the page stays


def test_it_goes_on_by_itself_until_it_is_done_and_never_says_not_found_before(site, serve, page, slow):
    serve([made(number) for number in range(1500)], latency=0.1)
    fill(page, site, "R-1499", "none", "R-1")
    seen = []
    page.expose_function("seen", lambda text: seen.append(text))  # noqa: PLW0108 - Playwright marks what it is given
    page.evaluate(
        "new MutationObserver(() => seen(document.getElementById('lookup').innerText))"
        ".observe(document.body, {childList: true, subtree: true})"
    )
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("#lookup-run")).to_be_visible()
    expect(page.locator(HEADING)).to_have_text(DONE)
    assert results(page) == ["found", "missing", "found"]
    unfinished = [text for text in seen if "so far, searched back to" in text]
    assert len(unfinished) > 1
    assert not any(re.search("not found", text, re.IGNORECASE) for text in unfinished)
    expect(page.locator("#lookup-run")).to_be_hidden()
    expect(page.locator(HEADING)).to_be_focused()


def test_stop_and_go_on(site, serve, page, slow, monkeypatch):
    monkeypatch.setattr(lookup, "BUDGET", 30.0)
    monkeypatch.setattr(lookup, "TELL_EVERY", 0)
    gate = Gate(serve([made(number) for number in range(1000)]), answered=3)
    fill(page, site, "R-999", "R-1")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("#lookup-words")).to_contain_text("Searched")
    expect(page.locator("#lookup-words")).to_contain_text("back to")
    with page.expect_response("**/cancel/"):
        page.get_by_role("button", name="Stop").click()
    expect(page.locator(HEADING)).to_contain_text("so far, searched back to")
    assert gate.held == 1  # Copper has not answered, nor was it asked again
    gate.open()
    expect(page.locator("#lookup-run")).to_be_hidden()
    expect(page.locator(HEADING)).to_be_focused()
    assert results(page) == ["open", "found"]
    others(page)
    page.get_by_label(LIST).fill("typed meanwhile")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(HEADING)).to_have_text(DONE)
    assert results(page) == ["found", "found"]
    expect(page.get_by_label(LIST)).to_have_value("typed meanwhile")


def test_a_stop_that_did_not_arrive_is_said_and_can_be_pressed_again(site, serve, page):
    serve([made(1, reference="R-1")])
    held = Held(page, "**/tickets/lookup/")
    page.route("**/cancel/", lambda route: route.fulfill(status=502, body="no dashboard"))
    fill(page, site, "R-1")
    page.get_by_role("button", name="Look up").click()
    held.wait()
    stop = page.get_by_role("button", name="Stop")
    stop.click()
    expect(page.locator("#lookup-words")).to_have_text(re.compile("could not be stopped.*Press Stop again"))
    expect(stop).to_be_enabled()
    held.open()
    expect(page.locator("#lookup-result")).to_be_visible()


def test_an_error_keeps_the_result_and_goes_to_the_field(site, serve, page):
    serve([made(number) for number in range(30)])
    fill(page, site, "R-1")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(HEADING)).to_have_text(DONE)
    expect(page.locator(HEADING)).to_be_focused()  # the page is settled: what is typed now stays
    others(page)
    page.get_by_label(LIST).fill("")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(".field-error")).to_have_text("Paste the references here, or choose a file.")
    expect(page.get_by_label(LIST)).to_be_focused()
    expect(page.locator("[data-result]")).to_have_count(1)
    page.get_by_label(LIST).fill("none")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("[data-result]")).to_have_attribute("data-result", "missing")
    expect(page.locator(".field-error")).to_have_count(0)


@pytest.mark.parametrize("answer", ["away", "odd"])
def test_when_the_dashboard_is_away_nothing_typed_is_lost(site, serve, page, answer):
    serve([made(number) for number in range(30)])
    fill(page, site, "R-1")
    odd = {"status": 502, "content_type": "text/html", "body": "<!DOCTYPE html><title>proxy</title>"}
    page.route("**/tickets/lookup/", lambda route: route.abort() if answer == "away" else route.fulfill(**odd))
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("#lookup-offline")).to_be_visible()
    expect(page.get_by_label(LIST)).to_have_value("R-1")
    page.unroute("**/tickets/lookup/")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(HEADING)).to_have_text(DONE)
    expect(page.locator("#lookup-offline")).to_be_hidden()


def test_a_failure_is_said_and_tried_again_from_there(site, serve, page):
    sandbox = serve([made(number) for number in range(300)])
    sandbox.script(lambda asked: Fault(status=400))
    fill(page, site, "R-1", "none")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(HEADING)).to_have_text("Nothing is searched yet")
    expect(page.get_by_text("Copper refused this request")).to_be_visible()
    accessible(page)
    sandbox.unscript()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(HEADING)).to_have_text(DONE)
    assert results(page) == ["found", "missing"]


def test_without_javascript(site, serve, new_context, slow, nothing_odd_happens):
    serve([made(number) for number in range(1500)], latency=0.1)
    context = new_context(java_script_enabled=False)
    watch(context, site, nothing_odd_happens)
    page = context.new_page()
    fill(page, site, "R-1499", "none", "R-1")
    page.get_by_role("button", name="Look up").click()
    presses = 0
    while not DONE.match(page.locator(HEADING).inner_text()):
        assert "missing" not in results(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Go on").click()
        presses += 1
    assert presses > 0
    assert results(page) == ["found", "missing", "found"]
    page.get_by_text("Not found 1", exact=True).click()
    expect(page.locator("[data-result]:visible")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename.endswith(".csv")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_no_state_has_a_barrier_and_nothing_spills_over(site, serve, page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    sandbox = serve([made(number, reference="same" if number % 9 == 0 else f"R-{number}") for number in range(300)])
    fill(page, site, "R-1", "same", "none", "x" * 250, "tkt_00003")
    accessible(page)
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(HEADING)).to_have_text(DONE)
    accessible(page)
    nothing_spills_over(page)
    page.locator("label[for=show-missing]").click()
    page.locator(".receipt > summary").click()
    expect(page.locator(".receipt-group code").first).to_be_visible()
    accessible(page)
    nothing_spills_over(page)
    sandbox.script(lambda asked: Fault(status=400))
    page.get_by_role("button", name="further back").click()
    expect(page.get_by_text("Copper refused this request")).to_be_visible()
    accessible(page)
    nothing_spills_over(page)
    others(page)
    page.get_by_label("Column of a table").fill("x")
    page.get_by_role("button", name="Look up", exact=True).click()
    expect(page.locator(".field-error")).to_be_visible()
    accessible(page)
    nothing_spills_over(page)
