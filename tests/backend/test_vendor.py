"""What is vendored is what was published, and pages and stylesheets ask for nothing that is not there."""

import hashlib
import json
import re
from pathlib import Path

BACKEND = Path(__file__).parents[2] / "backend"
STATIC = BACKEND / "static"
VENDOR = STATIC / "vendor"
PACKAGES = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
TEMPLATES = sorted((BACKEND / "templates").rglob("*.html"))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_vendored_file_has_its_recorded_hash_and_no_file_is_unrecorded() -> None:
    recorded = {name: digest for package in PACKAGES for name, digest in package["files"].items()}
    found = {
        path.relative_to(VENDOR).as_posix(): sha256(path)
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "vendor.json"
    }
    assert found == recorded


def test_names_and_versions_are_the_ones_we_chose() -> None:
    assert [(package["name"], package["version"]) for package in PACKAGES] == [
        ("dkfds", "11.2.0"),
        ("htmx.org", "2.0.11"),
    ]


def test_an_unchanged_file_is_the_upstream_file() -> None:
    htmx = PACKAGES[1]
    assert htmx["files"]["htmx/htmx.min.js"] == htmx["upstream_sha256"]["dist/htmx.min.js"]


def test_each_package_carries_its_licence() -> None:
    licences = sorted(path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*LICENSE*"))
    assert licences == [
        "dkfds/LICENSE.md",
        "dkfds/fonts/LICENSE.txt",
        "dkfds/img/LICENSE-Apache-2.0.txt",
        "htmx/LICENSE",
    ]


def test_no_logo_or_theme_of_another_service_is_shipped() -> None:
    css = (VENDOR / "dkfds/css/dkfds.min.css").read_text(encoding="utf-8").lower()
    files = " ".join(path.name.lower() for path in VENDOR.rglob("*"))
    assert [word for word in ("borger", "virk", "logo-") if word in css or word in files] == []


def missing_addresses(stylesheet: Path) -> list[str]:
    addresses = re.findall(r"url\(\s*[\"']?([^\"')]+)", stylesheet.read_text(encoding="utf-8"))
    return [address for address in addresses if not (stylesheet.parent / address).resolve().is_file()]


def test_stylesheets_ask_only_for_files_that_exist() -> None:
    sheets = sorted(STATIC.rglob("*.css"))
    assert {sheet.name: missing_addresses(sheet) for sheet in sheets} == {
        "app.css": [],
        "charts.css": [],
        "dkfds.min.css": [],
    }


def test_no_source_map_is_asked_for() -> None:
    files = [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]
    assert [path.name for path in files if "sourceMappingURL=dkfds" in path.read_text(encoding="utf-8")[-200:]] == []


def test_templates_ask_only_for_static_files_that_exist() -> None:
    asked = {
        (path.name, address)
        for path in TEMPLATES
        for address in re.findall(r"(?:/static/|static\(\")([\w./-]+)", path.read_text(encoding="utf-8"))
    }
    assert sorted(each for each in asked if not (STATIC / each[1]).is_file()) == []


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = (VENDOR / "dkfds/img/icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', sprite))
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'icon(?:_name)?(?:\(|=)"([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    assert "search" in named
    assert sorted(named - drawn) == []


def test_no_template_has_a_script_a_style_or_a_handler_inside() -> None:
    inside = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|hx-on|javascript:")
    assert [path.name for path in TEMPLATES if inside.search(path.read_text(encoding="utf-8"))] == []
