"""With a guest waiting: the amount and the word "twice?" are seen wherever rows are read, and the comparison says of what."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import accessible, nothing_spills_over, resized
from tests.browser.test_list import ROWS
from tests.browser.test_panel import opened, row
from tests.pages.conftest import made

LONG = "Hochzeit der Familie Müller-Lüdenscheidt, großer Saal, Anzahlung 2 von 3"
# Whether all of it is inside its cell.
WHOLE = "one => one.getBoundingClientRect().right <= one.closest('td').getBoundingClientRect().right"


@pytest.mark.parametrize("width", [360, 430, 601, 640, 720, 753, 820, 900, 1366])
def test_the_amount_is_read_in_each_row(site, serve, page, width):
    serve([made(1, id_of_till=7, currency="eur", status="refunded", location="loc_b", total="123.40")])
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{site}/tickets/")
    amount = page.locator(f"{ROWS} .detail").nth(1)
    expect(amount).to_have_text("total 123.40")
    expect(amount).to_be_visible()
    assert amount.evaluate(WHOLE)


@pytest.mark.parametrize("width", [768, 993, 1100, 1121, 1280])
def test_a_location_of_eighteen_letters_is_read_whole(site, serve, page, width):
    serve([made(1, reference="R-10010040", location="Camden Market Shop", total="123.40")])
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{site}/tickets/")
    for cell in (".location", ".reference"):
        assert page.locator(f"{ROWS} {cell}").evaluate("one => one.scrollWidth <= one.clientWidth"), cell


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu"])
def test_a_row_says_its_time_with_its_whole_zone(site, serve, page, settings, zone):
    settings.TIME_ZONE = zone
    serve([made(1)])
    page.goto(f"{site}/tickets/")
    cell = page.locator(f"{ROWS} .created")
    for width in resized(page, (360, 601, 640, 753, 820, 1024, 1366)):
        assert cell.evaluate("one => one.scrollWidth <= one.clientWidth"), width
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(row(1)).click()
    opened(page, 1)
    assert cell.evaluate("one => one.scrollWidth <= one.clientWidth")


@pytest.mark.parametrize("columns", ["", "?columns=created,reference,location,id,total,metadata.table"])
@pytest.mark.parametrize("reference", ["B-774120", LONG])
def test_the_word_twice_is_read_beside_any_reference(site, serve, page, columns, reference):
    others = [made(number, reference=f"B-7741{number}", total="23.40") for number in range(3, 30)]
    serve([made(1, reference=reference), made(2, reference=reference), *others])
    page.goto(f"{site}/tickets/{columns}")
    word = page.locator("a.twice").first
    for width in resized(page, (360, 640, 820, 1024, 1366)):
        assert word.evaluate(WHOLE), width
    if reference == LONG:  # what is cut is said whole when it is pointed at
        page.locator(f"{ROWS} a").first.hover()
        expect(page.locator("td[title]").first).to_have_attribute("title", f"{LONG} twice?")


def test_the_comparison_says_of_what_and_its_days_can_be_pressed(site, serve, page):
    day = 24 * 60
    ours = {"reference": "B-774120", "total": "23.40", "status": "paid"}
    serve([made(1, **ours), made(2, **ours), made(3 * day, **ours)])
    page.goto(f"{site}/tickets/?location=loc_a")
    page.locator("a.twice").first.click()
    page.wait_for_url("**/same/")
    expect(page.locator("#same-found")).to_contain_text("1 other ticket")
    expect(page.locator("dl.facts")).to_contain_text("Reno")
    expect(page.locator("dl.facts")).to_contain_text("23.40")
    page.get_by_role("link", name="7 days").click()
    expect(page.locator("#same-found")).to_contain_text("2 other tickets")
    page.get_by_role("link", name="1 day").click()
    expect(page.locator("#same-found")).to_contain_text("1 other ticket")
    accessible(page)
    nothing_spills_over(page)
    page.get_by_role("link", name="Back to the list").click()
    page.wait_for_url("**/tickets/?location=loc_a")
    expect(page.locator(row(1))).to_be_focused()
    page.goto(f"{site}/tickets/tkt_00001/same/")  # from nowhere
    page.get_by_role("link", name="Back to the ticket").click()
    page.wait_for_url("**/tickets/tkt_00001/")


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_whole_page_begins_at_its_top_however_far_the_list_was_read(site, serve, page, goes_on):
    serve([made(number, items=[{"name": "Cappuccino", "amount": 380}] * 40) for number in range(60)])
    page.goto(f"{site}/tickets/?limit=60")
    page.locator(row(40)).click()  # comes into view
    opened(page, 40)
    if goes_on:
        page.keyboard.press("j")
        opened(page, 41)
    assert page.evaluate("scrollY") > 0
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("link", name="Whole page").click()
    expect(page.get_by_role("heading", name="R-41" if goes_on else "R-40")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("how", ["hover", "focus"])
def test_what_a_button_says_is_read_under_the_finger_too(site, serve, page, scheme, how):
    serve([made(1)])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site}/tickets/tkt_00001/")
    buttons = page.locator("main .btn.copy:visible").all()
    assert len(buttons) > 2
    for button in buttons:
        getattr(button, how)()
        page.keyboard.press("Shift")  # by keyboard the focus is shown
        accessible(page)


def test_on_paper_there_is_nothing_that_would_have_to_be_opened(site, serve, page):
    serve([made(1, items=[{"name": "Cappuccino", "amount": 380}])])
    page.goto(f"{site}/tickets/tkt_00001/")
    page.emulate_media(media="print")
    expect(page.get_by_text("Cappuccino").first).to_be_visible()
    expect(page.get_by_text("All properties")).to_be_visible()
    assert page.locator("main details:not([open]):visible").count() == 0
    page.emulate_media(media="screen")
    page.get_by_role("heading", name="Raw JSON").click()
    page.emulate_media(media="print")
    expect(page.locator("#raw-json")).to_be_visible()


@pytest.mark.parametrize(("width", "where"), [(360, ".bar-fold"), (820, ".tools-button")])
def test_what_was_saved_is_named_where_the_menu_of_views_is_out_of_sight(site, serve, page, width, where):
    serve([made(1)])
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{site}/tickets/?location=loc_a")
    page.locator(".tools-button").click()
    page.locator("#tools summary").first.click()
    page.get_by_label("Save this list as").fill("Bahnhof, gestern und heute, mit allem")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#live")).to_have_text("The view is saved. Its name stands in the menu of views.")
    named = page.locator(f"{where} .opened-view")
    expect(named).to_be_in_viewport(ratio=1)
    expect(named).to_have_text("Bahnhof, gestern und heute, mit allem")
    expect(page.locator(".opened-view:visible")).to_have_count(1)
    accessible(page)
    nothing_spills_over(page)
