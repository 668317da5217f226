"""A ticket beside its list: opened, gone on from and closed by keys and clicks; the list keeps its place."""

import re

import pytest
from django.db import OperationalError
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, WIDTHS, Held, accessible
from tests.browser.test_list import ROWS
from tests.pages.conftest import made
from tickets_app.ticket_list import looks

HEAD = "#ticket-head"


def fail(*_: object, **__: object) -> None:
    raise OperationalError


def row(number: int) -> str:
    return f"[data-ticket-id=tkt_{number:05}] a >> nth=0"


def opened(page: Page, number: int) -> None:
    """It shows this ticket, at its address, and its row is marked."""
    expect(page.locator(HEAD)).to_have_text(f"R-{number}")
    page.wait_for_url(f"**/tickets/tkt_{number:05}/")
    expect(page.locator("#rows tr.open")).to_have_attribute("data-ticket-id", f"tkt_{number:05}")


def test_open_go_on_over_the_end_of_a_page_and_close(site, serve, page):
    serve([made(number) for number in range(70)])
    page.goto(f"{site}/tickets/?limit=30")
    page.locator(row(0)).click()
    opened(page, 0)
    expect(page).to_have_title(re.compile("^TEST · R-0 · .* · Copper Tickets$"))
    for _ in range(30):
        page.keyboard.press("j")
    opened(page, 30)
    expect(page.locator(ROWS)).to_have_count(60)
    page.keyboard.press("k")
    opened(page, 29)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator(row(29))).to_be_focused()
    assert page.url == f"{site}/tickets/?limit=30"
    expect(page.locator(ROWS)).to_have_count(60)


def test_a_press_at_the_end_of_a_page_waits_for_its_rows_and_for_no_other_answer(site, serve, page):
    serve([made(number) for number in range(50)])
    rows, ticket = Held(page, "**/tickets/*starting_after*"), Held(page, "**/tickets/tkt_00019/")
    page.goto(f"{site}/tickets/?limit=20")
    page.locator(row(19)).click()
    page.keyboard.press("j")
    rows.wait()
    ticket.open()
    opened(page, 19)
    rows.open()
    opened(page, 20)


def test_keys_go_on_after_rows_that_did_not_come(site, serve, page, monkeypatch):
    serve([made(number) for number in range(50)])
    page.goto(f"{site}/tickets/?limit=20")
    monkeypatch.setattr(looks, "record", fail)
    page.locator(row(19)).click()
    opened(page, 19)
    page.keyboard.press("j")
    expect(page.locator("#failure")).to_be_visible()
    page.keyboard.press("k")
    opened(page, 18)
    monkeypatch.undo()
    page.keyboard.press("j")
    opened(page, 19)
    page.keyboard.press("j")
    opened(page, 20)


def test_back_closes_the_panel_and_not_the_list_and_forward_opens_it_again(site, serve, page):
    serve([made(number) for number in range(40)])
    page.goto(f"{site}/tickets/?limit=40")
    page.locator(row(3)).click()
    opened(page, 3)
    page.get_by_role("button", name="Ticket below").click()
    opened(page, 4)
    page.evaluate("window.stillHere = true")
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("window.stillHere"), "the list was not loaded again"
    page.go_forward()
    opened(page, 4)
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#panel")).to_be_hidden()


def test_its_address_opens_the_ticket_alone_and_back_from_there_the_list(site, serve, page):
    serve([made(number) for number in range(40)])
    page.goto(f"{site}/tickets/?limit=40")
    page.locator(row(3)).click()
    opened(page, 3)
    page.reload()
    expect(page.locator("article[data-ticket-id=tkt_00003]")).to_be_visible()
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(40)


def test_a_ticket_that_is_deleted_meanwhile_is_said_and_j_goes_on(site, serve, page):
    sandbox = serve([made(number) for number in range(5)])
    page.goto(f"{site}/tickets/")
    page.locator(row(0)).click()
    opened(page, 0)
    sandbox.store.delete("tkt_00001")
    page.keyboard.press("j")
    expect(page.locator("#ticket .failure")).to_contain_text("tkt_00001")
    page.keyboard.press("j")
    opened(page, 2)


def test_keys_go_along_rows_without_a_panel_and_never_while_somebody_types(site, serve, page):
    serve([made(number) for number in range(5)])
    page.goto(f"{site}/tickets/")
    page.keyboard.press("j")
    expect(page.locator(row(0))).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(row(1))).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(row(0))).to_be_focused()
    page.keyboard.press("Enter")
    opened(page, 0)
    page.keyboard.press("/")
    page.keyboard.type("jk")
    expect(page.get_by_label("Reference", exact=True)).to_have_value("jk")
    opened(page, 0)


def test_a_press_below_the_row_that_has_the_focus_is_not_lost(site, serve, page):
    """That row shows all that its cells hold: were it to shrink under the press, the press would end on another row."""
    serve([made(number, **{f"note_{one}": "a long note " * 4 for one in range(6)}) for number in range(20)])
    page.goto(f"{site}/tickets/")
    page.locator(row(2)).click()
    opened(page, 2)
    page.keyboard.press("Escape")
    expect(page.locator(row(2))).to_be_focused()
    page.wait_for_function("""() => {
        const [two, three] = [2, 3].map(one => document.querySelector(`[data-ticket-id=tkt_0000${one}]`).offsetHeight);
        return two > three; // all of it can be read
    }""")
    place = page.locator("[data-ticket-id=tkt_00009]").bounding_box()
    page.mouse.move(place["x"] + 300, place["y"] + place["height"] - 4)
    page.mouse.down()
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    page.mouse.up()
    opened(page, 9)
    expect(page.locator("tr.whole")).to_have_count(0)


def test_whole_page_after_going_on_leads_back_to_the_row_that_was_read(site, serve, page):
    serve([made(number) for number in range(70)])
    page.goto(f"{site}/tickets/?limit=30")
    page.locator(row(0)).click()
    for _ in range(40):
        page.keyboard.press("j")
    opened(page, 40)
    page.get_by_role("link", name="Whole page").click()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator(row(40))).to_be_focused()
    expect(page.locator(row(40))).to_be_in_viewport()
    assert page.url == f"{site}/tickets/?limit=30"
    page.go_forward()
    page.wait_for_url("**/tickets/tkt_00040/")


@pytest.mark.parametrize("width", WIDTHS)
def test_without_a_network_the_panel_says_so_in_full_view_and_can_be_closed(site, serve, page, width):
    page.set_viewport_size({"width": width, "height": 740})
    serve([made(number) for number in range(20)])
    page.goto(f"{site}/tickets/")
    page.context.set_offline(True)
    page.locator(row(3)).click()
    said = page.locator("#panel .alert")
    expect(said).to_contain_text("This dashboard could not be reached.")
    seen = "said => [getComputedStyle(said).opacity, getComputedStyle(said.parentElement).opacity]"
    assert said.evaluate(seen) == ["1", "1"]
    expect(page.locator("#panel")).not_to_have_attribute("aria-busy", "true")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#panel")).to_be_hidden()
    page.context.set_offline(False)


def test_the_head_of_the_table_stays_below_the_tools_beside_a_ticket(site, serve, page):
    page.set_viewport_size({"width": 1000, "height": 800})
    serve([made(number) for number in range(120)])
    page.goto(f"{site}/tickets/?limit=100")
    page.locator(row(0)).click()
    opened(page, 0)
    page.evaluate("scrollTo(0, 600)")
    page.wait_for_function("""() => {
        const [line, head] = [".line", ".tickets > thead"].map(one => document.querySelector(one).getBoundingClientRect());
        return scrollY > 500 && Math.abs(line.bottom - head.top) < 1;
    }""")
    line = page.locator(".line").bounding_box()
    assert line["height"] > 45, "the tools stand in two lines there, else this asserts nothing"


def test_on_a_phone_the_row_of_the_open_ticket_stays_in_sight_above_the_panel(site, serve, page):
    page.set_viewport_size({"width": 360, "height": 740})
    serve([made(number) for number in range(30)])
    page.goto(f"{site}/tickets/?limit=30")
    page.locator(row(6)).click()
    opened(page, 6)
    in_sight = """() => {
        const edges = one => document.querySelector(one).getBoundingClientRect();
        const row = edges("#rows tr.open");
        return edges(".line").bottom <= row.top && row.bottom <= edges("#panel").top;
    }"""
    for name, number in (("Ticket below", 7), ("Ticket below", 8), ("Ticket above", 7), ("Ticket above", 6)):
        page.wait_for_function(in_sight)
        page.get_by_role("button", name=name).click()
        opened(page, number)
    page.wait_for_function(in_sight)


def test_on_paper_the_ticket_beside_the_list_is_alone(site, serve, page):
    serve([made(number) for number in range(60)])
    page.goto(f"{site}/tickets/?limit=60")
    page.locator(row(0)).click()
    opened(page, 0)
    page.emulate_media(media="print")
    for size in ({"width": 700, "height": 1000}, {"width": 1280, "height": 800}):  # portrait, landscape
        page.set_viewport_size(size)
        for part in (ROWS, ".panel-head", "#state"):
            expect(page.locator(part).first).to_be_hidden()
        assert page.locator("#panel").evaluate("panel => getComputedStyle(panel).position") == "static"
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1


def test_charged_twice_is_compared_in_the_panel(site, serve, page):
    serve([made(0, reference="4417", total="20.00"), made(1, reference="4417", total="20.00", tip="3.00")])
    page.goto(f"{site}/tickets/")
    page.locator(row(1)).click()
    page.get_by_role("link", name="Charged twice?").click()
    expect(page.locator(".same h2")).to_have_text("1 other ticket")
    expect(page.locator(".same .pair")).to_contain_text("tip")
    expect(page.locator("#panel")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_panel_and_comparison_are_free_of_barriers(site, serve, page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    items = [{"name": "Soup", "quantity": 2}]
    serve([made(n, reference="4417", total=f"{n}.00", items=items) for n in range(3)])
    page.goto(f"{site}/tickets/")
    page.locator(row(0)).click()
    page.get_by_role("link", name="Charged twice?").click()
    expect(page.locator(".same h2")).to_have_text("2 other tickets")
    page.get_by_text("All properties").click()
    page.get_by_text("Raw JSON", exact=True).first.click()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_a_row_leads_to_the_page(site, serve, new_context):
    serve([made(number) for number in range(5)])
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto(f"{site}/tickets/")
    plain.locator(row(2)).click()
    expect(plain.locator("article[data-ticket-id=tkt_00002]")).to_be_visible()


def test_tab_leads_from_the_row_into_its_ticket_and_on_to_the_next_row(site, serve, page):
    serve([made(number) for number in range(40)])
    page.goto(f"{site}/tickets/?limit=40")
    page.locator(row(3)).press("Enter")
    opened(page, 3)
    expect(page.locator("#panel")).not_to_have_attribute("aria-busy", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ticket above")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(row(3))).to_be_focused()
    page.keyboard.press("Tab")
    stops = 0
    while page.evaluate("document.getElementById('panel').contains(document.activeElement)"):
        page.keyboard.press("Tab")
        stops += 1
    assert stops > 5
    expect(page.locator(row(4))).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.getElementById('panel').contains(document.activeElement)")
