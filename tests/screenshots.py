"""Pictures of the demo digest for the documents: `python tests/screenshots.py` writes docs/screenshots/ anew."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from hosting import Hosted, hosted
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SCREENSHOTS = ROOT / "docs" / "screenshots"

PAGES = {
    "front": "/",
    "article": "/2024/07/busy-beaver/",
    "edition": "/editions/2025-10-31/",
    "tag": "/tags/cryptography/",
    "archive": "/archive/",
    "search": "/search/?q=python",
}


def main() -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Path(folder) / "site"
        subprocess.run([sys.executable, "-m", "broadsheet", "build", "--output", str(site)], cwd=ROOT, check=True)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
        )
        with hosted(site) as host:
            for name, path in PAGES.items():
                keep(f"{name}-desk", desk(browser, host, path))
                keep(f"{name}-phone", phone(browser, host, path))
        browser.close()


def desk(browser: Browser, host: Hosted, path: str) -> bytes:
    return shown(browser.new_page(viewport={"width": 1280, "height": 960}, color_scheme="light"), host, path)


def phone(browser: Browser, host: Hosted, path: str) -> bytes:
    page = browser.new_page(viewport={"width": 375, "height": 760}, color_scheme="dark", device_scale_factor=2)
    return shown(page, host, path)


def shown(page: Page, host: Hosted, path: str) -> bytes:
    page.goto(host.address + path, wait_until="networkidle")
    if "?" in path:
        page.locator(".result").first.wait_for()
    picture = page.screenshot()
    page.close()
    return picture


def keep(name: str, picture: bytes) -> None:
    with Image.open(BytesIO(picture)) as image:
        image.convert("RGB").save(SCREENSHOTS / f"{name}.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
