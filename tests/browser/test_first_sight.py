"""What is in sight when a page opens: tickets first, on every screen; and how many keys lead to them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from copper_sandbox import Fault
from tests.browser.conftest import LOOKS, Held, accessible, open_times
from tests.browser.test_list import ROWS
from tests.pages.conftest import made

DAY = "/tickets/?location=loc_a&created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-21T00:00:00Z"
WIDTHS = (320, 360, 390, 430, 540, 640, 720, 768, 834, 1024, 1280, 1920)
OVERLAPS = (Path(__file__).parent / "overlaps.js").read_text()


def rows_in_sight(page: Page) -> int:
    """How many rows can be seen whole."""
    return page.locator(ROWS).evaluate_all("""rows => rows.filter((row) => {
      const { top, bottom, height } = row.getBoundingClientRect();
      return height > 0 && top >= 0 && bottom <= innerHeight;
    }).length""")


def in_first_screen(page: Page, element: str) -> None:
    box, size = page.locator(element).bounding_box(), page.viewport_size
    assert box["y"] >= 0, element
    assert box["y"] + box["height"] <= size["height"], element
    assert box["x"] + box["width"] <= size["width"], element


@pytest.mark.parametrize(
    ("width", "height", "least"),
    [(1280, 800, 15), (1440, 900, 18), (1920, 1080, 23), (360, 740, 7), (640, 400, 5)],
    ids=["1280", "1440", "1920", "phone", "1280 at 200 %"],
)
def test_so_many_rows_are_in_sight(site, serve, page, width, height, least):
    serve([made(number) for number in range(60)])
    page.set_viewport_size({"width": width, "height": height})
    page.goto(site + DAY)
    assert rows_in_sight(page) >= least


@pytest.mark.parametrize(("width", "said"), [(1920, True), (1280, False), (360, False)])
def test_what_would_make_a_search_quicker_takes_no_room_of_how_far_it_has_come(site, serve, page, width, said):
    serve([made(number) for number in range(60)])
    page.set_viewport_size({"width": width, "height": 740})
    Held(page, "**/tickets/?*")  # at its end nothing would make it quicker
    page.goto(f"{site}/tickets/?search_query=1&range=30d&limit=5")
    expect(page.locator("#state .so-far")).to_be_visible()
    expect(page.locator("#state .hint")).to_be_visible(visible=said)
    expect(page.locator("#rows .hint")).to_be_visible(visible=not said)


def presses_to_the_first_ticket(page: Page, most: int) -> int:
    for press in range(1, most + 1):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#rows a') !== null"):
            return press
    raise AssertionError(f"not within {most} presses")


def test_by_keyboard_the_tickets_are_near(site, serve, page):
    serve([made(number) for number in range(60)])
    page.goto(site + DAY)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to tickets")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#rows a') !== null"), "two presses with the skip link"
    page.goto(site + DAY)
    assert presses_to_the_first_ticket(page, 14)


def test_the_tools_and_the_bars_are_one_stop_each_with_arrow_keys_inside(site, serve, page):
    page.context.add_cookies([{"name": "chart", "value": "open", "url": site}])
    serve([made(number) for number in range(60)])
    page.goto(site + DAY)
    views, columns = (page.locator("#tools summary", has_text=words) for words in ("Views", "Columns"))
    page.get_by_role("button", name="Show", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past Clear
    expect(views).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(columns).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("#tools summary").last).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(views).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#chart-open")).to_be_focused()
    bars = page.locator(".bars a")
    bars.first.focus()
    page.keyboard.press("End")
    expect(bars.last).to_be_focused()
    expect(page.locator("#bar-said")).to_have_text(bars.last.get_attribute("aria-label"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.bars') === null")


def test_keys_go_to_the_reference_and_show_the_sheet_but_not_while_somebody_types(site, serve, page):
    serve([made(1)])
    page.goto(f"{site}/tickets/")
    reference = page.get_by_label("Reference", exact=True)
    page.keyboard.press("/")
    expect(reference).to_be_focused()
    page.keyboard.type("a/b?")
    expect(reference).to_have_value("a/b?")
    expect(page.locator("#keys")).to_be_hidden()
    page.mouse.click(5, 790)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    accessible(page)
    page.get_by_label("Keys of one letter are on").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.reload()
    page.keyboard.press("/")
    expect(reference).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=["desk", "phone"])
def test_a_failures_advice_and_a_searchs_stop_are_in_the_first_screen(site, serve, page, settings, size):
    settings.SEARCH_TIME_BUDGET, settings.COPPER_CACHE_SECONDS = 0.3, 15
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sandbox = serve([made(n, reference="the one" if n < 20 else "x") for n in range(3000)], latency=0.2)
    held = Held(page, "**/tickets/?*")
    page.goto(f"{site}/tickets/?search_query=the+one&created%5Bgte%5D=2026-11-01T00:00:00Z&limit=100")
    in_first_screen(page, "#state .stop")
    in_first_screen(page, "#state progress")
    held.open()
    page.goto(f"{site}/tickets/")
    expect(page.locator(ROWS)).to_have_count(50)
    sandbox.script(lambda asked: Fault(status=500) if "/tickets" in asked.path else None)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # asks for more, and fails
    expect(page.locator(".failure")).to_be_visible()
    assert page.evaluate("scrollY") > 300
    for part in (".failure h2", "#state [data-next]"):
        in_first_screen(page, part)
    page.goto(f"{site}/tickets/?limit=10")
    for part in (".failure h2", ".failure p >> nth=0", "#state [data-next]"):
        in_first_screen(page, part)


def test_no_two_texts_overlap_and_nothing_goes_sideways(site, serve, page):
    deep = {"guest": {"address": {"street": {"name": "Long Street of the Seven Lindens", "number": 7}}}, "table": 12}
    serve([made(n, reference="B-" + "5969-" * (n % 9), metadata=deep, total="1,234.50") for n in range(60)])
    paths = (
        DAY,
        "/tickets/?search_query=B-5969&created%5Bgte%5D=2026-11-19T00:00:00Z",
        DAY + "&columns=created,reference,metadata.guest.address.street.name,total",
        "/tickets/tkt_00008/",
        "/tickets/lookup/",
        "/tickets/export/?range=7d",
        "/views/",
        "/preferences/",
    )
    for path in paths:
        page.goto(site + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_function("width => innerWidth === width", arg=width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
            assert page.evaluate(OVERLAPS) == [], f"{path} at {width}"


def test_one_long_value_never_widens_the_others(site, serve, page):
    names = [f"p{number}" for number in range(8)]
    serve([made(n, **{name: "v" * 5000 if (n, name) == (3, "p4") else "short" for name in names}) for n in range(20)])
    page.goto(f"{site}/tickets/?columns={','.join(names)}")
    widths = page.locator(".tickets thead th").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert len(widths) == 9
    assert max(widths) <= 0.4 * 1280
    cells = page.locator("[data-ticket-id=tkt_00003] td").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().width)"
    )
    assert [round(width) for width in cells] == [round(width) for width in widths]
    assert page.locator("[data-ticket-id=tkt_00003]").bounding_box()["height"] < 40


def test_first_column_and_head_stay_when_many_columns_go_sideways(site, serve, page):
    names = [f"property_{number}" for number in range(15)]
    serve([made(n, **dict.fromkeys(names, "a value of some length")) for n in range(60)])
    page.goto(f"{site}/tickets/?columns={','.join(names)}")
    page.locator("#rows").evaluate("rows => { rows.scrollLeft = 700; }")
    page.wait_for_function("() => document.querySelector('.tickets thead').scrollLeft === 700")
    page.evaluate("scrollTo(0, 400)")
    row = page.locator("[data-ticket-id=tkt_00030] td")
    assert row.first.bounding_box()["x"] == 0
    head = page.locator(".tickets thead th")
    assert head.first.bounding_box()["x"] == 0
    assert head.nth(9).bounding_box()["x"] == row.nth(9).bounding_box()["x"]
    assert page.locator(".tickets thead").bounding_box()["y"] < 60


def test_a_row_is_a_link_as_a_whole_and_text_in_it_can_be_marked(site, serve, page):
    serve([made(number) for number in range(5)])
    page.goto(f"{site}/tickets/")
    box = page.locator("[data-ticket-id=tkt_00002] code").bounding_box()
    page.mouse.move(box["x"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"] / 2)
    page.mouse.up()
    assert page.evaluate("String(getSelection())") == "tkt_00002"
    page.mouse.click(5, 790)  # what was marked is let go
    page.evaluate("getSelection().removeAllRanges()")
    assert page.url == f"{site}/tickets/"
    page.locator("[data-ticket-id=tkt_00002] .details").click()
    page.wait_for_url("**/tickets/tkt_00002/")


def test_a_time_of_one_press_takes_along_what_was_typed(site, serve, page):
    serve([made(number) for number in range(5)])
    page.goto(f"{site}/tickets/")
    page.get_by_label("Reference", exact=True).fill("R-1")
    open_times(page)
    page.get_by_role("link", name="Last 30 days").click()
    page.wait_for_url("**/tickets/?search_query=R-1&range=30d")
    expect(page.locator("#time-in-force")).to_have_text("Last 30 days")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_the_open_filters_and_tools_are_free_of_barriers(site, serve, page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    serve([made(number) for number in range(5)])
    page.goto(site + DAY)
    if width < 600:
        page.locator(".bar-fold").click()
        expect(page.get_by_label("Location", exact=True)).to_be_visible()
        accessible(page)
        page.keyboard.press("Escape")
        page.locator(".tools-button").click()
        expect(page.locator("#tools")).to_be_visible()
        accessible(page)
        page.keyboard.press("Escape")
        page.locator(".bar-fold").click()
    open_times(page)
    accessible(page)
    page.goto(f"{site}/tickets/?created%5Bgte%5D=nonsense")
    expect(page.locator(".field-error")).to_be_visible()
    accessible(page)


def test_on_paper_there_are_rows_without_controls(site, serve, page, settings):
    settings.TIME_ZONE = "Asia/Kathmandu"  # has no letters of its own: times end with +05:45
    serve([made(number, status="closed", currency="EUR", total="12.50", amount="12.50") for number in range(120)])
    page.emulate_media(color_scheme="dark")
    page.goto(f"{site}/tickets/?limit=100")
    page.emulate_media(media="print", color_scheme="dark")
    for part in (".top", "#filters", "#tools", ".timeline", "tr.control"):
        expect(page.locator(part)).to_be_hidden()
    look = page.evaluate("(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))")
    assert look == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert pages <= 3, "100 rows"
    page.set_viewport_size({"width": 700, "height": 1000})  # a sheet upright
    times = page.locator("#rows .created").evaluate_all("all => all.map(one => one.scrollWidth <= one.clientWidth)")
    assert (len(times), all(times)) == (100, True), "each time is whole"
    assert page.locator(".tickets thead").evaluate("head => getComputedStyle(head).display") == "table-header-group"


def test_on_paper_a_time_among_chosen_columns_is_whole(site, serve, page, settings):
    settings.TIME_ZONE = "Asia/Kathmandu"
    serve([made(number, status="closed", currency="EUR", total="12.50", amount="12.50") for number in range(20)])
    page.goto(f"{site}/tickets/?columns=created,reference,location,status,currency,total,amount")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})  # a sheet upright
    times = page.locator("#rows [data-label=created]")
    whole = times.evaluate_all("all => all.map(one => one.scrollWidth <= one.clientWidth)")
    assert (len(whole), all(whole)) == (20, True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 700


def test_the_first_stop_leads_to_what_is_there_after_each_show(site, serve, page):
    serve([made(number) for number in range(3)])
    page.goto(f"{site}/tickets/")
    open_times(page)
    page.get_by_label("From (day included)").fill("nonsense")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".field-error")).to_be_visible()
    expect(page.locator(".skip-link")).to_have_text("Skip to the content")
    accessible(page)
    page.get_by_label("From (day included)").fill("20 Nov 2026")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(ROWS)).to_have_count(3)
    expect(page.locator(".skip-link")).to_have_text("Skip to tickets")
