"""``make screenshots``: pictures of the demonstration's pages at three widths, in both languages.

The main pages' go to ``docs/pictures``, small enough to be kept. With ``ALL=1`` every page that a role reaches by links
goes to ``var/pictures/all``, its widths side by side, light in Chinese and dark in English; pages that are wider than
the screen are named.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.urls import Resolver404, resolve
from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "pictures"
EVERYTHING = ROOT / "var" / "pictures" / "all"
WIDTHS = (390, 820, 1280)
LANGUAGES = {"zh-hans": "zh", "en": "en"}
ROLES = {"partner": "gzu", "officer": "officer", "manager": "manager", "admin": "admin"}
TALLEST = 3000
PATIENCE = 180_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

DESKS = {role: (role, "/") for role in ROLES}
MAIN = {
    "target": ("manager", "/targets/all/"),
    "people": ("officer", "/people/"),
    "records": ("officer", "/records/?state=submitted"),
    "obligations": ("officer", "/obligations/"),
    "upload": ("partner", "/submissions/new/"),
    "components": ("admin", "/components/"),
}
"""What is kept besides the desks: at the greatest width, in both languages."""


def main() -> None:
    """Take the pictures of the site at the address that is given."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise SystemExit("No Chromium on this machine (apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        take = _everything if os.environ.get("ALL") == "1" else _kept
        take(browser, sys.argv[1])
        browser.close()


def _kept(browser: Browser, base: str) -> None:
    for old in KEPT.glob("*.webp"):
        old.unlink()
    for language, short in LANGUAGES.items():
        for role in ROLES:
            page = _signed_in(browser, base, role, language)
            for name, (whose, path) in (DESKS | MAIN).items():
                if whose == role:
                    page.goto(base + path)
                    for width in WIDTHS if name in DESKS else WIDTHS[-1:]:
                        _picture(page, width).save(KEPT / f"{name}-{width}-{short}.webp", quality=70, method=6)
            page.context.close()
    print(f"{len(list(KEPT.glob('*.webp')))} pictures in {KEPT.relative_to(ROOT)}")


def _everything(browser: Browser, base: str) -> None:
    shutil.rmtree(EVERYTHING, ignore_errors=True)
    for language, short in LANGUAGES.items():
        for role in ROLES:
            page = _signed_in(browser, base, role, language)
            page.emulate_media(color_scheme="dark" if language == "en" else "light")
            for name in _walk(page, base):
                shown = [_picture(page, width) for width in WIDTHS]
                if too_wide := [width for width in WIDTHS if _overflows(page, width)]:
                    print(f"{role} {short} {page.url.removeprefix(base)}: wider than {too_wide}")
                place = EVERYTHING / short / role / f"{name}.webp"
                place.parent.mkdir(parents=True, exist_ok=True)
                _side_by_side(shown).save(place, quality=80)
            page.context.close()
    print(f"{len(list(EVERYTHING.rglob('*.webp')))} pages in {EVERYTHING.relative_to(ROOT)}")


def _walk(page: Page, base: str) -> Iterator[str]:
    """Open every page that links lead to, one of each kind; its name."""
    waiting, seen = ["/"], {"home"}
    while waiting:
        path = waiting.pop(0)
        try:
            answer = page.goto(base + path)
        except Error:
            continue  # a download
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        yield resolve(urlsplit(page.url).path).url_name or "home"
        for link in page.evaluate("[...document.querySelectorAll('a[href]')].map((one) => one.href)"):
            parts = urlsplit(link)
            if not link.startswith(base) or "format=" in parts.query or parts.path.startswith(("/api/", "/static/")):
                continue
            try:
                name = resolve(parts.path).url_name or ""
            except Resolver404:
                continue
            if name not in seen:
                seen.add(name)
                waiting.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _signed_in(browser: Browser, base: str, role: str, language: str) -> Page:
    locale = "zh-CN" if language.startswith("zh") else "en-GB"
    context = browser.new_context(locale=locale, reduced_motion="reduce", color_scheme="light")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("[name=username]", ROLES[role])
    page.fill("[name=password]", settings.DEMO_PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_url(f"{base}/")
    if page.evaluate("document.documentElement.lang") != language:
        page.click(f"button[name=language][value={language}]")
        page.wait_for_function("wanted => document.documentElement.lang === wanted", arg=language)
    return page


def _picture(page: Page, width: int) -> Image.Image:
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_load_state("networkidle")
    taken = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
    return taken.crop((0, 0, taken.width, min(taken.height, TALLEST)))


def _overflows(page: Page, width: int) -> bool:
    page.set_viewport_size({"width": width, "height": 900})
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def _side_by_side(pictures: list[Image.Image]) -> Image.Image:
    gap = 20
    width = sum(one.width + gap for one in pictures)
    whole = Image.new("RGB", (width, max(one.height for one in pictures)), "#888")
    place = 0
    for one in pictures:
        whole.paste(one, (place, 0))
        place += one.width + gap
    return whole


if __name__ == "__main__":
    main()
