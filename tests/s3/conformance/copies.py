"""Copies: what a copy keeps, takes anew, and what it is refused for."""

import urllib.parse

import door as doors
from suite import case
from uploads import FIRST, LAST, complete, create, etag_of, part

NEVER, ALWAYS = "Mon, 01 Jan 2001 00:00:00 GMT", "Sat, 01 Jan 2101 00:00:00 GMT"


@case("CopyObject")
def sources_however_encoded(b):
    for key in ("a b+c", "ünï/☘", "per%cent", "q?m", "a&b=c", "trailing/"):
        b.put(key, key.encode())
        for source in (f"/{b.bucket}/{urllib.parse.quote(key)}", f"{b.bucket}/{urllib.parse.quote(key, safe='')}"):
            b.expect(b.ask("PUT", "to", x_amz_copy_source=source), 200)
            b.same(b.ask("GET", "to").body, key.encode(), source)


@case("CopyObject")
def onto_itself_with_a_change(b):
    b.put("k", b"kept", x_amz_meta_old="1")
    b.expect(b.ask("PUT", "k", x_amz_copy_source=b.path("k"), x_amz_metadata_directive="REPLACE", x_amz_meta_new="2"), 200)
    b.same(b.expect(b.ask("GET", "k"), 200, x_amz_meta_old=None, x_amz_meta_new="2").body, b"kept")


@case("CopyObject")
def conditions_by_date_and_together(b):
    tag = b.put("k").headers["etag"]
    source = {"x_amz_copy_source": b.path("k")}
    b.expect(b.ask("PUT", "to", **source, x_amz_copy_source_if_unmodified_since=NEVER), 412, "PreconditionFailed")
    b.expect(b.ask("PUT", "to", **source, x_amz_copy_source_if_unmodified_since=ALWAYS), 200)
    b.expect(b.ask("PUT", "to", **source, x_amz_copy_source_if_match=tag,
                   x_amz_copy_source_if_unmodified_since=NEVER), 200)
    date = b.ask("HEAD", "k").headers["last-modified"]
    b.expect(b.ask("PUT", "to", **source, x_amz_copy_source_if_modified_since=date), 412, "PreconditionFailed")
    b.expect(b.ask("PUT", "to", **source, x_amz_copy_source_if_none_match=tag,
                   x_amz_copy_source_if_modified_since=NEVER), 412, "PreconditionFailed")


@case("CopyObject")
def conditions_of_what_it_replaces(b):
    source = {"x_amz_copy_source": b.path("k")}
    b.put("k", b"new")
    tag = b.put("to", b"old").headers["etag"]
    for condition, key, status, code in (({"if_match": '"no"'}, "to", 412, "PreconditionFailed"),
                                         ({"if_none_match": "*"}, "to", 412, "PreconditionFailed"),
                                         ({"if_match": tag}, "nosuch", 404, "NoSuchKey")):
        b.expect(b.ask("PUT", key, **source, **condition), status, code)
    b.same(b.ask("GET", "to").body, b"old")
    b.expect(b.ask("PUT", "to", **source, if_match=tag), 200)
    b.expect(b.ask("PUT", "fresh", **source, if_none_match="*"), 200)
    b.same((b.ask("GET", "to").body, b.ask("GET", "fresh").body), (b"new", b"new"))


@case("CopyObject")
def of_an_upload_in_parts(b):
    upload = create(b)
    b.expect(complete(b, upload, [(1, part(b, upload, 1, FIRST)), (2, part(b, upload, 2, LAST))]), 200)
    copied = b.expect(b.ask("PUT", "to", x_amz_copy_source=b.path("k")), 200)
    got = b.expect(b.ask("GET", "to"), 200, etag=copied.one("ETag"))
    b.same(got.body == FIRST + LAST, True, "the bytes")
    b.expect(b.ask("HEAD", "k"), 200, etag=etag_of(FIRST, LAST))


@case("CopyObject")
def between_buckets(b):
    other = b.make(doors.random_name())
    b.put("k", b"x")
    b.expect(b.ask("PUT", "k", bucket=other, x_amz_copy_source=b.path("k")), 200)
    b.same(b.ask("GET", "k", bucket=other).body, b"x")
    b.expect(b.ask("PUT", "k", bucket=doors.random_name(), x_amz_copy_source=b.path("k")), 404, "NoSuchBucket")


for algorithm in doors.CHECKSUMS:
    def summed(b, algorithm=algorithm):
        name, header = f"Checksum{algorithm.upper()}", f"x-amz-checksum-{algorithm}"
        b.put("k", b"content", **{header: doors.checksum(algorithm, b"content")})
        copied = b.expect(b.ask("PUT", "to", x_amz_copy_source=b.path("k"),
                                x_amz_checksum_algorithm=algorithm.upper()), 200)
        b.same(copied.one(name), doors.checksum(algorithm, b"content"))
        b.expect(b.ask("HEAD", "to", x_amz_checksum_mode="ENABLED"), 200,
                 **{header: doors.checksum(algorithm, b"content")})
    summed.__name__ = f"with_its_{algorithm}"
    case("CopyObject")(summed)


@case("CopyObject")
def with_a_checksum_that_its_source_lacks(b):
    b.expect(b.ask("PUT", "k", body=b"content", x_amz_checksum_crc32=doors.checksum("crc32", b"content"), content_type="text/a",
                   x_amz_meta_color="red", x_amz_tagging="a=1", cache_control="no-store"), 200)
    ask = lambda key, **more: b.ask("PUT", key, x_amz_copy_source=b.path("k"), x_amz_checksum_algorithm="SHA256", **more)
    value = doors.checksum("sha256", b"content")
    b.same(b.expect(ask("to"), 200).one("ChecksumSHA256"), value)
    got = b.expect(b.ask("GET", "to", x_amz_checksum_mode="ENABLED"), 200, x_amz_checksum_sha256=value, x_amz_checksum_crc32=None,
                   content_type="text/a", x_amz_meta_color="red", x_amz_tagging_count="1", cache_control="no-store", etag=doors.etag(b"content"))
    b.same(got.body, b"content")
    b.expect(ask("other", x_amz_metadata_directive="REPLACE", x_amz_meta_size="1"), 200)
    b.expect(b.ask("HEAD", "other"), 200, x_amz_meta_size="1", x_amz_meta_color=None, x_amz_tagging_count="1")
    tag = b.ask("HEAD", "k").headers["etag"]
    b.expect(ask("no", x_amz_copy_source_if_none_match=tag), 412, "PreconditionFailed")
    b.expect(ask("to", if_none_match="*"), 412, "PreconditionFailed")
    b.expect(b.ask("HEAD", "no"), 404)
