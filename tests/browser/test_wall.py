"""The wall of all games on the course's page: what its filters let through, and what they say."""

from games import discover, load
from tests.browser.looks import looks_well


def shown(page):
    """The slugs of the games that the wall shows."""
    sources = page.locator("[data-wall] li:visible img").evaluate_all(
        "all => all.map((e) => e.src)"
    )
    return {source.split("/play/")[1].split("/")[0] for source in sources}


def test_filters_choose_by_track_and_by_what_is_won(visit):
    page = visit(width=390, height=844, again=True).open("lesson/")
    assert shown(page) <= set(discover())
    everything = shown(page)
    page.click("[data-filter=track][data-value=vision]")
    vision = {slug for slug in everything if load(slug).track == "vision"}
    assert shown(page) == vision != set()
    assert page.inner_text("[data-wall-count]") == f"{len(vision)} games"
    looks_well(page)
    page.locator(f"[data-wall] li:has(img[src*='{sorted(vision)[0]}'])").evaluate(
        "e => e.toggleAttribute('data-won', true)"
    )
    page.click("[data-filter=won][data-value=no]")
    assert shown(page) == vision - {sorted(vision)[0]}
    page.click("[data-filter=won][data-value=yes]")
    page.click("[data-filter=track][data-value='']")
    assert shown(page) == {sorted(vision)[0]}
