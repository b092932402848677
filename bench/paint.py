"""When the projects page has painted what is largest on it, on a slow phone and a slow network."""

import statistics

from playwright.sync_api import Browser, sync_playwright

from bench.measure import RUNS, Measurement

_CHROMIUM = "/usr/bin/chromium"
_FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
_WANTED = 1500.0

SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
"""As Chromium's developer tools have it: milliseconds, and bytes a second."""

_SLOWER = 4
"""How many times slower the processor is made."""

_LARGEST = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  resolve(list.getEntries().at(-1).startTime);
}).observe({ type: "largest-contentful-paint", buffered: true }))"""


def measure(address: str, projects: int) -> Measurement:
    """The page of all projects, each time in a browser that has nothing of it yet."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        painted = statistics.median(_painted(browser, address) for _ in range(RUNS))
        browser.close()
    name = "largest contentful paint of the projects, Slow 4G, CPU / 4 (1.5 s / ours)"
    return Measurement(name, painted, _WANTED, _WANTED / painted, 1.0, projects, "ms")


def _painted(browser: Browser, address: str) -> float:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW_4G)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    page.goto(address, wait_until="networkidle")
    painted = float(page.evaluate(_LARGEST))
    context.close()
    return painted
