"""Checks a page: tags are closed, nothing outside is asked for, so many plots."""

import html.parser
import re
import sys

VOID = {"meta", "line", "rect", "circle", "br"}


class Checker(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.headings = [], {}, []

    def handle_starttag(self, tag, attributes):
        self.seen[tag] = self.seen.get(tag, 0) + 1
        for name, value in attributes:
            assert name not in ("src", "href", "onload"), (tag, name, value)
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen[tag] = self.seen.get(tag, 0) + 1
        for _, value in attributes:
            assert value is not None and "nan" not in value.split(), (tag, value)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open, self.getpos())
        self.open.pop()

    def handle_data(self, data):
        if self.open and re.fullmatch("h[1-3]", self.open[-1]):
            print(self.open[-1], data)


path, plots = sys.argv[1], int(sys.argv[2])
text = sys.stdin.read() if path == "-" else open(path, encoding="utf-8").read()
assert text.startswith("<!DOCTYPE html>\n")
for outside in ("http://", "https://", "url(", "@import", "<script"):
    assert outside not in text, outside
for style in ("prefers-color-scheme: dark", "@media print"):
    assert style in text, style
checker = Checker()
checker.feed(text)
checker.close()
assert not checker.open, checker.open
assert checker.seen["svg"] == plots, checker.seen
print("well-formed:", len(checker.seen), "kinds of tags")
