"""The pages about plans; columns as in ``tests.policy.pages``."""

from typing import Any

from programs.targets.planfile import FOLDER

TABLE = """
GET    plans/                            302       403       403       403       200       200       200
GET    plans/preview/                    302       403       403       403       200       200       200
POST   plans/preview/                    303       403       403       403       303       303       303
GET    plans/previews/{preview}/         302       403       403       403       200       200       200
POST   plans/previews/{preview}/apply/   303       403       403       403       403       403       303
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "plans/preview/"): {"toml": (FOLDER / "digital-valley-2020.toml").read_text("utf-8")},
    ("POST", "plans/previews/{preview}/apply/"): {"reason": "通知"},
}
