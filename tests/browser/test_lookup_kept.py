"""A look-up's result in a real browser: Back, reload and a new tab return to it; after an error what was sent is still there."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, Held, accessible, nothing_spills_over, quiet, watch
from tests.browser.test_lookup import DONE, HEADING, LIST, fill, others, results
from tests.pages.conftest import made
from tickets_app.models import KeptLookup

ADDRESS = "**/tickets/lookup/results/*/"
TABLE = b"guest,bill no,table\r\nAnna,R-7,1\r\nBen,none,2\r\n"


@pytest.fixture
def looked_up(site, serve, page) -> Page:
    serve([made(number) for number in range(30)])
    fill(page, site, "R-1", "none")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(HEADING)).to_be_focused()
    page.wait_for_url(ADDRESS)
    return page


def test_back_reload_and_a_new_tab_return_to_the_result(looked_up, site):
    page, address = looked_up, looked_up.url
    page.reload()
    assert results(page) == ["found", "missing"]
    page.locator("[data-result] a").first.click()
    page.wait_for_url("**/tickets/tkt_00001/")
    page.go_back()
    page.wait_for_url(address)
    assert results(page) == ["found", "missing"]
    with page.context.expect_page() as opened:
        page.locator("#lookup-address").click(modifiers=["ControlOrMeta"])
    opened.value.wait_for_url(address)
    assert results(opened.value) == ["found", "missing"]
    opened.value.close()


def test_back_goes_from_one_result_to_the_one_before_and_to_the_form(looked_up):
    page, first = looked_up, looked_up.url
    others(page)
    expect(page.get_by_label(LIST)).to_have_value("R-1\nnone")
    page.get_by_label(LIST).fill("R-2")
    page.get_by_role("button", name="Look up", exact=True).click()
    expect(page.locator("[data-result]")).to_have_count(1)
    expect(page.locator(HEADING)).to_be_focused()
    assert page.url != first
    page.go_back()
    expect(page.locator("[data-result]")).to_have_count(2)
    assert page.url == first
    others(page)
    page.get_by_label(LIST).fill("R-3")  # the page that came back works
    page.get_by_role("button", name="Look up", exact=True).click()
    expect(page.locator("[data-result]")).to_have_count(1)
    page.wait_for_url(ADDRESS)
    page.go_back()
    expect(page.locator("[data-result]")).to_have_count(2)
    page.go_back()
    page.wait_for_url("**/tickets/lookup/?*")
    expect(page.get_by_label(LIST)).to_be_visible()
    expect(page.locator("[data-result]")).to_have_count(0)


STORED = "JSON.stringify([history.state, { ...sessionStorage }, { ...localStorage }])"


def test_back_to_the_form_finds_it_as_it_was_sent(looked_up):
    page = looked_up
    page.reload()  # nothing is known any more of the page that was sent
    page.go_back()
    page.wait_for_url("**/tickets/lookup/?*")
    expect(page.get_by_label(LIST)).to_have_value("R-1\nnone")
    assert "R-1" not in page.evaluate(STORED)
    page.get_by_label(LIST).fill("R-1\nR-2")  # the form that came works
    page.get_by_role("button", name="Look up", exact=True).click()
    expect(page.locator("[data-result=found]")).to_have_count(2)
    page.go_back()
    expect(page.get_by_label(LIST)).to_have_value("R-1\nR-2")


def test_back_to_the_form_of_a_location_finds_it_as_it_was_sent(site, serve, page):
    serve([made(number) for number in range(30)])
    page.goto(f"{site}/tickets/lookup/?location=loc_a&created%5Bgte%5D=2026-11-01T00:00:00Z")
    page.get_by_label(LIST).fill("R-1\nnone")
    page.get_by_role("button", name="Look up").click()
    page.wait_for_url(ADDRESS)
    page.go_back()
    expect(page.get_by_label(LIST)).to_have_value("R-1\nnone")


def test_what_is_typed_before_the_form_comes_back_stays(looked_up):
    page = looked_up
    answer = Held(page, ADDRESS)
    page.go_back()
    answer.wait()
    page.get_by_label(LIST).fill("R-7")
    with page.expect_response(ADDRESS):
        answer.next()
    quiet(page)
    expect(page.get_by_label(LIST)).to_have_value("R-7")


def test_back_to_the_form_of_a_result_that_is_kept_no_longer(looked_up):
    page = looked_up
    KeptLookup.objects.all().delete()
    with page.expect_response(ADDRESS):
        page.go_back()
    quiet(page)
    expect(page.get_by_label(LIST)).to_have_value("")
    expect(page.locator(".alert:visible")).to_have_count(0)


def test_the_result_comes_first_and_the_form_is_folded_below(looked_up):
    page = looked_up
    expect(page.get_by_label(LIST)).to_be_hidden()
    box, summary = page.locator("#lookup-result").bounding_box(), page.get_by_text("Look up others").bounding_box()
    assert box["y"] + box["height"] <= summary["y"]
    others(page)
    page.get_by_label(LIST).fill("")
    page.get_by_role("button", name="Look up", exact=True).click()
    expect(page.get_by_label(LIST)).to_be_focused()
    expect(page.locator(".field-error")).to_be_visible()
    assert results(page) == ["found", "missing"]


def test_a_file_stays_after_an_error_and_its_column_is_chosen(site, serve, page):
    serve([made(number) for number in range(30)])
    page.goto(f"{site}/tickets/lookup/?created%5Bgte%5D=2026-11-01T00:00:00Z")
    page.get_by_label("Or a file").set_input_files({"name": "day.csv", "mimeType": "text/csv", "buffer": TABLE})
    page.get_by_role("button", name="Look up").click()
    column = page.get_by_label("Column of a table")
    expect(column).to_be_focused()
    expect(page.get_by_text("“day.csv” is still here")).to_be_visible()
    accessible(page)
    column.select_option("bill no")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(HEADING)).to_have_text(DONE)
    assert results(page) == ["found", "missing"]


def test_without_javascript_reload_and_back_send_nothing_again(site, serve, new_context, nothing_odd_happens):
    sandbox = serve([made(number) for number in range(30)])
    context = new_context(java_script_enabled=False)
    watch(context, site, nothing_odd_happens)
    page = context.new_page()
    fill(page, site, "R-1", "none")
    page.get_by_role("button", name="Look up").click()
    page.wait_for_url(ADDRESS)
    address, asked = page.url, sum("/tickets" in one.path for one in sandbox.ledger)
    page.reload()
    assert results(page) == ["found", "missing"]
    assert sum("/tickets" in one.path for one in sandbox.ledger) == asked
    page.locator("[data-result] a").first.click()
    page.go_back()
    page.wait_for_url(address)
    assert results(page) == ["found", "missing"]


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_it_has_no_barrier(looked_up, site, scheme, width):
    page = looked_up
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    accessible(page)
    others(page)
    accessible(page)
    nothing_spills_over(page)
    page.goto(f"{site}/tickets/lookup/results/none-of-yours/")
    expect(page.get_by_text("This result is not kept, or no longer.")).to_be_visible()
    accessible(page)
