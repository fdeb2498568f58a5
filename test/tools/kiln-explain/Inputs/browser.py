"""Loads a page in a headless Chromium and looks at what came out."""

import os
import re
import struct
import subprocess
import sys
import zlib

browser, page, directory = sys.argv[1:]
os.makedirs(directory, exist_ok=True)


def run(url, *options):
    """Standard output and what the page wrote to the console."""
    done = subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--enable-logging=stderr",
            "--v=0",
            f"--user-data-dir={directory}/profile",
            "--window-size=1100,1400",
            *options,
            url,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout, re.findall(r".*:CONSOLE.*", done.stderr)


def first_pixel(path):
    """Of a PNG of 8 bits a channel; the first row has filters that need no row
    above it."""
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, compressed = 8, b""
    while at < len(data):
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        if kind == b"IDAT":
            compressed += data[at + 8 : at + 8 + length]
        at += length + 12
    return zlib.decompress(compressed)[1:4]


url = "file://" + os.path.abspath(page)

# A copy measures itself: the page has no script of its own.
with open(page, encoding="utf-8") as file:
    text = file.read()
probe = f"{directory}/probe.html"
script = """<script>addEventListener('load', () => {
  const svgs = [...document.querySelectorAll('svg')].map(s => s.getBoundingClientRect());
  const drawn = svgs.filter(r => r.width > 300 && r.height > 30).length;
  const root = document.documentElement;
  document.body.dataset.result =
      drawn + ' ' + (root.scrollWidth <= root.clientWidth);
});</script>"""
with open(probe, "w", encoding="utf-8") as file:
    file.write(text.replace("</body>", script + "</body>"))
dom, messages = run("file://" + os.path.abspath(probe), "--dump-dom")
assert not messages, messages
print("no messages on the console")
drawn, fits = re.search(r'data-result="(\d+) (\w+)"', dom).groups()
assert fits == "true", "the page is wider than the window"
print(drawn, "plots are drawn, nothing is wider than the window")

names = []
for name, scheme in (("light", 1), ("dark", 0)):
    shot = f"{directory}/{name}.png"
    run(url, f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={shot}")
    red, green, blue = first_pixel(shot)
    assert (min(red, green, blue) > 200) == (name == "light"), (name, red, green, blue)
    names.append(name + " background")
print(", ".join(names))

run(url, f"--print-to-pdf={directory}/page.pdf")
with open(f"{directory}/page.pdf", "rb") as file:
    assert file.read(5) == b"%PDF-"
print("printed")
