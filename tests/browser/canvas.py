"""The canvas as a person handles it: drag, connect, fill in, publish. For the browser tests of every part."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import wait_until


@dataclass(frozen=True, slots=True)
class Canvas:
    """A page with an open canvas; nodes are named by their slug."""

    page: Page

    def open(self, flow: str = "order_hub", query: str = "") -> Canvas:
        self.page.goto(f"/flows/{flow}/canvas{query}")
        expect(self.page.locator(".editor")).to_be_visible()
        return self

    def box(self, slug: str) -> Locator:
        return self.page.locator(f'.react-flow__node[data-id="{slug}"]')

    def port(self, slug: str, name: str = "out") -> Locator:
        return self.box(slug).locator(f'.react-flow__handle[data-handleid="{name}"]')

    def wire(self, text: str) -> Locator:
        return self.page.locator(f'.react-flow__edge[data-id="{text}"]')

    def bring(self, use: str, x: float, y: float) -> None:
        """Drag a node type from the palette to a place on the screen."""
        self.page.get_by_role("searchbox").fill(use.partition(".")[2].partition("@")[0].replace("_", " "))
        self.drag(self.page.locator(f'.palette-item[data-use="{use}"]'), (x, y))
        self.page.get_by_role("searchbox").fill("")
        self.settle()

    def connect(self, source: str, port: str, target: str) -> None:
        """Draw a wire from a port onto a box."""
        self.settle()
        self.drag(self.port(source, port), middle(self.box(target)))

    def drag(self, start: Locator, end: tuple[float, float]) -> None:
        start.scroll_into_view_if_needed()
        self.page.mouse.move(*middle(start))
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=8)
        self.page.mouse.up()

    def select(self, slug: str) -> None:
        self.box(slug).locator(".card-names").click()

    def fit(self) -> None:
        """Bring everything into view, and wait until it stands still."""
        self.page.locator(".zoom button").last.click()
        self.settle()

    def settle(self) -> None:
        """Until the board stands still."""
        wait_until(
            self.page,
            """() => new Promise((done) => {
              const place = () => document.querySelector(".react-flow__viewport")?.style.transform;
              const before = place();
              let quiet = 0;
              const look = () => (place() !== before ? done(false) : ++quiet > 24 ? done(true) : requestAnimationFrame(look));
              requestAnimationFrame(look);
            })""",
        )


def middle(element: Locator) -> tuple[float, float]:
    found = element.bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2
