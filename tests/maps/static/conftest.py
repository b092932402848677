"""A city of estates behind a service that answers, and windows on it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import geopandas as gpd
import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI

import evidence
from analysis.refresh import refresh
from analysis.weights import weights
from api.settings import Settings
from data.boundaries import DISTRICT, ESTATES
from geo.crs import grid_frame
from layers._registry import LAYERS
from plans.publication import publish
from service.application import create_application
from service.demonstration_accounts import save_demonstration_accounts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PASSWORD = "password"
DESK = {"width": 1280, "height": 900}
TODAY = date(2026, 6, 30)


# Our modules leave nothing on the page: a test gets the view from where the page keeps it, and the map from Leaflet.
PRIORITIES = """
window.priorities = { get view() { return JSON.parse(document.getElementById("view").textContent); } };
let leaflet;
Object.defineProperty(window, "L", {
  get: () => leaflet,
  set(value) {
    leaflet = value;
    leaflet.Map.addInitHook(function () { priorities.map = this; });
  },
});
"""


Served = Callable[..., AbstractContextManager[str]]


@contextmanager
def _served(application: FastAPI) -> Iterator[str]:
    """The address of an application that answers on a port of its own."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def _rows(estates: gpd.GeoDataFrame) -> dict[str, str]:
    """Homes, cases and projects in the shipped estates, as files: many in some, none in the last."""
    random = np.random.default_rng(3)
    middles = estates.geometry.representative_point()
    at = random.choice(len(estates) - 1, 2500, p=(weight := np.arange(len(estates) - 1, 0, -1) ** 2.0) / weight.sum())
    east = (middles.x.to_numpy()[at] + random.normal(0, 60, at.size)).round(1)
    north = (middles.y.to_numpy()[at] + random.normal(0, 60, at.size)).round(1)
    homes = [f"{10_000_000_000 + n},{x},{y}" for n, (x, y) in enumerate(zip(east, north, strict=True))]
    kinds = random.choice(["noise", "vandalism", "violence"], 900)
    days = [str(np.datetime64("2024-05-01") + int(n)) for n in random.integers(0, 751, 900)]
    cases = [f"C{n},{days[n]},{kinds[n]},no,{east[n]},{north[n]}" for n in range(900)]
    # Rubbish in one place, hardly any the year before: a new hotspot.
    dumped = ["2024-05-01", "2024-09-09", *(f"2025-{month:02d}-03" for month in range(6, 13) for _ in range(5))]
    # Of twenty homes side by side: of one, its repeats would be all there is.
    near = np.argsort(np.hypot(east - east[0], north - north[0]), kind="stable")[:20][np.arange(len(dumped)) % 20]
    dump = zip(dumped, east[near], north[near], strict=True)
    cases += [f"R{n},{day},rubbish and fly-tipping,no,{x},{y}" for n, (day, x, y) in enumerate(dump)]
    types = ["community garden", "noticeboard", "shared planter", "clean-up day", "other"]
    planned = [
        f'P{n},"Project, number {n}",{types[n % 5]},idea,2025-01-0{1 + n % 9},{east[n]},{north[n]},yes'
        for n in range(40)
    ]
    planned.append("P40,Nowhere,other,idea,2025-01-01,,,")
    return {
        "homes": "\n".join(["uprn,easting,northing", *homes]),
        "asb": "\n".join(["case id,date opened,category,hate,easting,northing", *cases]),
        "projects": "\n".join(["reference,title,type,status,proposed,easting,northing,public place", *planned]),
    }


@pytest.fixture(scope="session")
def city(
    fresh_database: Callable[..., AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[evidence.Database]:
    """The shipped estates with homes, two years of cases, and projects, analysed."""
    home = tmp_path_factory.mktemp("city")
    estates = grid_frame(gpd.read_file(ESTATES))
    with fresh_database() as url:
        database = evidence.connect(url, home)
        evidence.prepare(database, home)
        evidence.save_boundaries(database, evidence.DISTRICT, grid_frame(gpd.read_file(DISTRICT)), valid_from=TODAY)
        evidence.save_boundaries(
            database, "estates", estates, valid_from=TODAY, attribution="© Somebody", indicative=True
        )
        evidence.use_boundaries(database, "estates")
        for name, text in _rows(estates).items():
            (home / f"{name}.csv").write_text(text)
            target = evidence.HOMES_TARGET if name == "homes" else evidence.layer_target(LAYERS[name])
            evidence.ingest(database, target, home / f"{name}.csv", today=TODAY, synthetic=True)
        refresh(database, weights(home))
        publish(database, home, today=TODAY)
        (home / "demonstration-password").write_text(PASSWORD)
        save_demonstration_accounts(database, home)
        yield database
        database.close()


@pytest.fixture(scope="session")
def city_with(city: evidence.Database, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Serve the city with settings of one's own, and lend the address."""

    def serve(**settings: Any) -> AbstractContextManager[str]:
        made = Settings(**{"home": tmp_path_factory.mktemp("service"), **settings})
        return _served(create_application(city, made))

    return serve


@pytest.fixture(scope="session")
def address(city_with: Served) -> Iterator[str]:
    """Where the service answers."""
    with city_with() as found:
        yield found


@dataclass
class Visit:
    """A page, with what it asked for and what went wrong."""

    page: "Page"
    address: str
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> "Page":
        """Go to an address and wait until the map is there."""
        self.page.goto(self.address + path)
        # Without a graphics card, on a busy machine, a first map takes its time.
        self.page.wait_for_load_state("networkidle", timeout=120_000)
        return self.page

    def until(self, expression: str, given: Any = None) -> None:
        """Wait until an expression, or a function of what is given, is true. Playwright's own way needs `eval`."""
        end = time.monotonic() + 10
        while not self.page.evaluate(expression, given):
            assert time.monotonic() < end, f"still not true: {expression}"
            self.page.wait_for_timeout(50)

    def headline(self) -> str:
        """The page's sentence."""
        return self.page.inner_text("h1")

    def heat(self) -> None:
        """Show the heat surface, and wait for its tiles."""
        self.page.click("#layers summary")
        with self.page.expect_response(lambda answer: "/tiles/" in answer.url):
            self.page.click("text=Heat surface")
        self.page.wait_for_selector("canvas.maplibregl-canvas")
        self.page.keyboard.press("Escape")

    def hosts(self) -> set[str]:
        """The hosts that were asked, besides our own."""
        asked = {urlsplit(each).netloc for each in self.asked if not each.startswith(("data:", "blob:"))}
        return asked - {urlsplit(self.address).netloc}


Visits = Callable[..., Visit]


@pytest.fixture
def visit(browser: "Browser", address: str) -> Iterator[Visits]:
    """Open a window, signed in unless said otherwise."""
    contexts: list[BrowserContext] = []

    def open_window(signed_in: bool = True, at: str = address, **options: Any) -> Visit:
        context = browser.new_context(**{"viewport": DESK, **options})
        context.add_init_script(PRIORITIES)
        contexts.append(context)
        page = context.new_page()
        made = Visit(page, at)
        page.on("request", lambda request: made.asked.append(request.url))
        page.on("pageerror", lambda error: made.wrong.append(str(error)))
        page.on("console", lambda told: made.wrong.append(told.text) if told.type in ("error", "warning") else None)
        if signed_in:
            page.context.request.post(f"{at}/sign-in", form={"name": "officer", "password": PASSWORD})
        return made

    yield open_window
    for context in contexts:
        context.close()
