#!/usr/bin/python3
"""Makes the font files under ui/fonts from the npm package named below.

Needs Debian's fonttools and python3-brotli, and npm for the source. Usage:

    python3 tools/fonts/build.py             fetches the package and writes ui/fonts
    python3 tools/fonts/build.py DIR TARGET  takes the package unpacked in DIR

The output is committed; the same input and the same fonttools give the same
bytes. What is cut away, and why:

- the optical size is fixed at 22, between body text and headlines: the axis
  alone would cost 20 kB;
- the weight axis is kept from 400 to 700 for the roman, which sets body text
  and headlines, and fixed at 400 for the italic;
- features other than kerning and the f-ligatures are dropped, and hinting.
"""
import io
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

PACKAGE = "@fontsource-variable/source-serif-4@5.3.1"
OPTICAL_SIZE = 22

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x100), 0x131, 0x152, 0x153, 0x2013, 0x2014, 0x2018,
         0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026, 0x2039, 0x203A, 0x20AC, 0x2122,
         0x2192, 0x2212]
EXTENDED = [c for c in [*range(0x100, 0x180), *range(0x1CD, 0x1DD), *range(0x218, 0x21C),
                        *range(0x2B9, 0x2BD), *range(0x1E00, 0x1EA0)] if c not in LATIN]
CARDS = [*range(0x20, 0x7F), *range(0xA0, 0x180), 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D,
         0x2022, 0x2026]


def rename(font):
    """Gives the subset a family name of its own: "Source" is reserved by its
    licence for the unchanged fonts."""
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = str(record).replace("Source Serif 4", "Warta Serif").replace("SourceSerif4", "WartaSerif")


def make(source, limits, codes, features, out, flavour):
    """Writes one subset; limits fix an axis or narrow its range."""
    font = instancer.instantiateVariableFont(TTFont(source), limits)
    whole = io.BytesIO()
    font.save(whole)
    whole.seek(0)
    font = TTFont(whole, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    rename(font)
    font["head"].modified = font["head"].created
    font.flavor = flavour
    font.save(out)
    print(f"{os.path.getsize(out):7d}  {out}")


def fetch(folder):
    """Unpacks the npm package into folder and returns where it lies."""
    done = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True, text=True)
    with tarfile.open(os.path.join(folder, done.stdout.strip().splitlines()[-1])) as archive:
        archive.extractall(folder)
    return os.path.join(folder, "package")


HOLDER = """Copyright 2014-2023 Adobe (http://www.adobe.com/), with Reserved Font Name
'Source'. The files here are subsets of Source Serif 4 under another name.
"""


def main():
    if len(sys.argv) == 3:
        return build(sys.argv[1], sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        build(fetch(folder), os.path.join(os.path.dirname(__file__), "..", "..", "ui", "fonts"))


def build(package, target):
    os.makedirs(target, exist_ok=True)

    def source(part, style):
        return f"{package}/files/source-serif-4-{part}-opsz-{style}.woff2"

    upright = {"wght": (400, 700), "opsz": OPTICAL_SIZE}
    slanted = {"wght": 400, "opsz": OPTICAL_SIZE}
    text = ["kern", "liga"]
    make(source("latin", "normal"), upright, LATIN, text, f"{target}/serif.woff2", "woff2")
    make(source("latin", "italic"), slanted, LATIN, ["kern"], f"{target}/serif-italic.woff2", "woff2")
    make(source("latin-ext", "normal"), upright, EXTENDED, ["kern"], f"{target}/serif-ext.woff2", "woff2")
    make(source("latin-ext", "italic"), slanted, EXTENDED, ["kern"], f"{target}/serif-italic-ext.woff2", "woff2")
    make(source("latin", "normal"), {"wght": 600, "opsz": 40}, CARDS, ["kern"],
         f"{target}/serif-semibold.ttf", None)
    # The package's copy names another holder in its first line.
    terms = pathlib.Path(f"{package}/LICENSE").read_text().split("\n", 1)[1]
    pathlib.Path(f"{target}/LICENSE.txt").write_text(HOLDER + terms)


if __name__ == "__main__":
    main()
