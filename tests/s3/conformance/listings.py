"""Listings of objects and versions."""

import urllib.parse

import door as doors
from buckets import VERSIONING
from suite import case

KEYS = ["a", "b/1", "b/2", "b/c/3", "b0", "c+d", "c d", "c/", "ü"]


def fill(b, keys=KEYS):
    for key in keys:
        b.put(key, key.encode())
    return sorted(keys, key=lambda key: key.encode())


def quote(text):
    return urllib.parse.quote(text, safe="")


def listed(b, query):
    page = b.expect(b.ask("GET", query=query), 200)
    return page.all("Contents/Key"), page.all("CommonPrefixes/Prefix")


@case("ListObjects")
def everything_in_order(b):
    keys = fill(b)
    for query in ("", "list-type=2", "max-keys=1000", "max-keys=5000"):
        b.same(listed(b, query)[0], keys, query)
    page = b.ask("GET", query="")
    first = page.xml().find("Contents")
    b.same((first.findtext("ETag"), first.findtext("Size"), first.findtext("StorageClass")),
           (doors.etag(b"a"), "1", "STANDARD"))
    b.same(bool(first.findtext("Owner/ID")), True, "version 1 names owners")
    b.same(page.one("Name"), b.bucket)
    second = b.ask("GET", query="list-type=2")
    b.same((second.one("KeyCount"), second.xml().find("Contents").find("Owner")), (str(len(keys)), None))
    b.same(bool(b.ask("GET", query="list-type=2&fetch-owner=true").one("Contents/Owner/ID")), True, "fetch-owner")


@case("ListObjects")
def folded(b):
    fill(b)
    for kind in ("", "list-type=2&"):
        b.same(listed(b, kind + "delimiter=/"), (["a", "b0", "c d", "c+d", "ü"], ["b/", "c/"]), kind)
        b.same(listed(b, kind + "delimiter=/&prefix=b/"), (["b/1", "b/2"], ["b/c/"]), kind)
        b.same(listed(b, kind + "delimiter=/&prefix=b"), (["b0"], ["b/"]), kind)
        b.same(listed(b, kind + "delimiter=" + quote(" ")), (["a", "b/1", "b/2", "b/c/3", "b0", "c+d", "c/", "ü"], ["c "]))
        b.same(listed(b, kind + "delimiter=")[1], [], "an empty delimiter is none")
        b.same(listed(b, kind + "prefix=nosuch"), ([], []))


for size in (1, 2, 3, 7):
    def pages(b, size=size):
        keys = fill(b)
        found, token = [], ""
        while True:
            page = b.expect(b.ask("GET", query=f"list-type=2&max-keys={size}"
                                  + (f"&continuation-token={quote(token)}" if token else "")), 200)
            b.same(page.one("MaxKeys"), str(size))
            found += page.all("Contents/Key")
            token = page.one("NextContinuationToken")
            b.same(page.one("IsTruncated"), "true" if token else "false")
            if not token:
                break
        b.same(found, keys)
        found, marker = [], ""
        while True:
            page = b.expect(b.ask("GET", query=f"max-keys={size}&delimiter=/&marker={quote(marker)}"), 200)
            found += page.all("Contents/Key") + page.all("CommonPrefixes/Prefix")
            if page.one("IsTruncated") == "false":
                break
            marker = page.one("NextMarker")
        b.same(sorted(found), sorted(["a", "b0", "c d", "c+d", "ü", "b/", "c/"]))
    pages.__name__ = f"pages_of_{size}"
    case("ListObjects")(pages)


@case("ListObjects")
def where_it_begins(b):
    keys = fill(b)
    b.same(listed(b, "marker=b/2")[0], keys[keys.index("b/2") + 1:])
    b.same(listed(b, "list-type=2&start-after=b/2")[0], keys[keys.index("b/2") + 1:])
    b.same(listed(b, "marker=zzz")[0], ["ü"])
    b.same(listed(b, "marker=b/&delimiter=/")[1], ["c/"])
    page = b.ask("GET", query="list-type=2&start-after=a&max-keys=1")
    token = quote(page.one("NextContinuationToken"))
    b.same(listed(b, f"list-type=2&start-after=a&continuation-token={token}&max-keys=1")[0], ["b/2"])


@case("ListObjects")
def encoded(b):
    fill(b)
    page = b.ask("GET", query="encoding-type=url&prefix=c&delimiter=" + quote("+"))
    b.same((page.one("EncodingType"), page.all("Contents/Key"), page.all("CommonPrefixes/Prefix")),
           ("url", ["c%20d", "c/"], ["c%2B"]))


@case("ListObjects")
def what_is_no_question(b):
    for query in ("max-keys=x", "max-keys=-1", "encoding-type=x", "list-type=3", "list-type=2&continuation-token=x"):
        b.expect(b.ask("GET", query=query), 400, "InvalidArgument")
    b.same(listed(b, "max-keys=0"), ([], []))
    b.same(b.ask("GET", query="max-keys=0").one("IsTruncated"), "false")
    b.expect(b.ask("GET", bucket=doors.random_name()), 404, "NoSuchBucket")


@case("ListObjects")
def control_characters(b):
    b.put("line\nfeed")
    b.same(b.ask("GET", query="encoding-type=url").all("Contents/Key"), ["line%0Afeed"])
    b.same(b.ask("GET").all("Contents/Key"), ["line\nfeed"])


@case("ListObjects")
def more_than_a_page(b):
    for i in range(0, 1010):
        b.put(f"{i:04}", b"")
    page = b.ask("GET", query="max-keys=5000")
    b.same((len(page.all("Contents/Key")), page.one("MaxKeys"), page.one("IsTruncated")), (1000, "1000", "true"))
    b.same(len(listed(b, "marker=0999")[0]), 10)


@case("ListObjectVersions")
def pages(b):
    b.expect(b.ask("PUT", query="versioning", body=VERSIONING.format("Enabled")), 200)
    made = []
    for key in ("a", "b/1", "b/1", "b/1", "c"):
        made.append((key, b.put(key).headers["x-amz-version-id"]))
    b.ask("DELETE", "c")
    found, key, version = [], "", ""
    while True:
        page = b.expect(b.ask("GET", query=f"versions&max-keys=2&key-marker={quote(key)}&version-id-marker={version}"), 200)
        found += list(zip(page.all("Version/Key"), page.all("Version/VersionId")))
        if page.one("IsTruncated") == "false":
            break
        key, version = page.one("NextKeyMarker"), page.one("NextVersionIdMarker") or ""
    b.same(sorted(found), sorted(made))
    folded = b.ask("GET", query="versions&delimiter=/")
    b.same((folded.all("Version/Key"), folded.all("CommonPrefixes/Prefix")), (["a", "c"], ["b/"]))
    b.expect(b.ask("GET", query="versions&version-id-marker=x"), 400, "InvalidArgument")
