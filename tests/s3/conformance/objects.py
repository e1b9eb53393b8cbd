"""Objects: put, get, head, delete, copy, tags, conditions."""

import hashlib

import door as doors
from buckets import VERSIONING, tagging
from suite import case

KEYS = ["plain", "a/b", "a//b", "/leading", "trailing/", ".", "..", "a/../b", "with blank", "plus+", "per%cent", "%41",
        "q?m", "h#h", "a&b=c", "semi;colon", "quote'\"", "<tag>", "ünïcødé ☘", "emoji 🍀", "tab\tin", "~tilde*()!",
        "k" * 1024]

for number, key in enumerate(KEYS):
    def keys(b, key=key):
        b.put(key, key.encode())
        b.same(b.expect(b.ask("GET", key), 200).body, key.encode())
        b.expect(b.ask("HEAD", key), 200, content_length=str(len(key.encode())))
        listed = b.ask("GET", query="list-type=2&encoding-type=url")
        b.same([__import__("urllib.parse").parse.unquote(each) for each in listed.all("Contents/Key")], [key])
        b.expect(b.ask("DELETE", key), 204)
        b.expect(b.ask("GET", key), 404, "NoSuchKey")
    keys.__name__ = f"any_key_{number}"
    case("PutObject")(keys)


@case("PutObject")
def keys_that_cannot_be(b):
    b.expect(b.ask("PUT", "k" * 1025), 400, "KeyTooLongError")
    b.expect(b.door.ask("PUT", b.path() + "/%FF%FE"), 400)
    b.expect(b.door.ask("PUT", b.path() + "/a%00b"), 400)


@case("PutObject")
def a_name_beside_a_folder_of_that_name(b):
    b.put("foo", b"1")
    b.put("foo/bar", b"2")
    b.expect(b.ask("DELETE", "foo"), 204)
    b.same(b.ask("GET", "foo/bar").body, b"2")


for size in (0, 1, 4096, 1 << 20, (9 << 20) + 17):
    def sizes(b, size=size):
        body = hashlib.shake_128(str(size).encode()).digest(size)
        b.same(b.put("k", body).headers["etag"], doors.etag(body))
        got = b.expect(b.ask("GET", "k"), 200, content_length=str(size), etag=doors.etag(body))
        b.same(got.body == body, True, "the bytes")
    sizes.__name__ = f"{size}_bytes"
    case("PutObject")(sizes)


@case("PutObject")
def into_no_bucket(b):
    b.expect(b.ask("PUT", "k", bucket=doors.random_name(), body=b"x"), 404, "NoSuchBucket")


@case("PutObject")
def content_md5(b):
    b.put("k", b"x", content_md5=doors.md5(b"x"))
    b.expect(b.ask("PUT", "n", body=b"x", content_md5=doors.md5(b"y")), 400, "BadDigest")
    for bad in ("", "nonsense", "AAAA"):
        b.expect(b.ask("PUT", "n", body=b"x", content_md5=bad), 400, "InvalidDigest")
    b.expect(b.ask("GET", "n"), 404, "NoSuchKey")


@case("PutObject")
def headers_are_given_back(b):
    kept = {"content_type": "text/x-test; charset=utf-8", "cache_control": "no-cache", "content_language": "es",
            "content_disposition": 'attachment; filename="f"', "content_encoding": "x-own",
            "expires": "Thu, 01 Dec 2033 16:00:00 GMT", "x_amz_meta_color": "red", "x_amz_meta_empty": ""}
    b.put("k", **kept)
    for method in ("GET", "HEAD"):
        b.expect(b.ask(method, "k"), 200, **kept)
    b.put("k", x_amz_meta_other="1")
    b.expect(b.ask("HEAD", "k"), 200, x_amz_meta_color=None, x_amz_meta_other="1")
    b.expect(b.ask("PUT", "n", x_amz_meta_a="x" * 2048), 400, "MetadataTooLarge")


@case("PutObject")
def without_a_length(b):
    signed = b.door.signer.headers("PUT", b.path("k"), "", {"host": b.door.host}, "UNSIGNED-PAYLOAD")
    b.expect(b.door.send("PUT", b.path("k"), "", {**signed, "transfer-encoding": "chunked"}, b"1\r\nx\r\n0\r\n\r\n"),
             411, "MissingContentLength")


@case("PutObject")
def what_it_cannot_have_is_named(b):
    for header in ("x_amz_server_side_encryption", "x_amz_object_lock_mode", "x_amz_website_redirect_location",
                   "x_amz_grant_read"):
        refused = b.expect(b.ask("PUT", "k", **{header: "x"}), 501, "NotImplemented")
        b.same(header.replace("_", "-") in refused.one("Message"), True, header)
    b.expect(b.ask("PUT", "k", x_amz_storage_class="GLACIER"), 400, "InvalidStorageClass")


@case("GetObject")
def ranges(b):
    b.put("k", b"0123456789")
    for text, body, place in (("bytes=0-0", b"0", "0-0"), ("bytes=4-7", b"4567", "4-7"), ("bytes=4-", b"456789", "4-9"),
                              ("bytes=-3", b"789", "7-9"), ("bytes=8-100", b"89", "8-9"),
                              ("bytes=-100", b"0123456789", "0-9"), ("bytes=0-", b"0123456789", "0-9"),
                              ("bytes=9-9", b"9", "9-9"), ("bytes=9-", b"9", "9-9"), ("bytes=-10", b"0123456789", "0-9"),
                              (f"bytes=1-{2**64 - 1}", b"123456789", "1-9"), ("bytes=8-" + "9" * 30, b"89", "8-9")):
        for method in ("GET", "HEAD"):
            got = b.expect(b.ask(method, "k", range=text), 206, content_range=f"bytes {place}/10",
                           content_length=str(len(body)))
            b.same(got.body, body if method == "GET" else b"", text)
    for text in ("bytes=10-", "bytes=10-20", "bytes=-0", f"bytes={2**64}-"):
        b.expect(b.ask("GET", "k", range=text), 416, "InvalidRange")
    for text in ("bytes=1-2,4-5", "items=1-2", "bytes=x-", "bytes=5-3"):
        b.same(b.expect(b.ask("GET", "k", range=text), 200).body, b"0123456789", text)
    b.put("empty", b"")
    for text in ("bytes=0-", "bytes=0-0", "bytes=-1"):
        b.expect(b.ask("GET", "empty", range=text), 416, "InvalidRange")


@case("GetObject")
def conditions(b):
    tag = b.put("k").headers["etag"]
    date = b.ask("HEAD", "k").headers["last-modified"]
    old, new = "Mon, 01 Jan 2001 00:00:00 GMT", "Sat, 01 Jan 2101 00:00:00 GMT"
    for method in ("GET", "HEAD"):
        code = "PreconditionFailed" if method == "GET" else None
        b.expect(b.ask(method, "k", if_match=tag), 200)
        b.expect(b.ask(method, "k", if_match='"no"'), 412, code)
        b.expect(b.ask(method, "k", if_match=f'"no", {tag}'), 200)
        b.expect(b.ask(method, "k", if_none_match=tag), 304, etag=tag)
        b.expect(b.ask(method, "k", if_none_match='"no"'), 200)
        b.expect(b.ask(method, "k", if_none_match="*"), 304)
        b.expect(b.ask(method, "k", if_modified_since=date), 304)
        b.expect(b.ask(method, "k", if_modified_since=old), 200)
        b.expect(b.ask(method, "k", if_unmodified_since=old), 412, code)
        b.expect(b.ask(method, "k", if_unmodified_since=new), 200)
        # Etags weigh more than dates.
        b.expect(b.ask(method, "k", if_match=tag, if_unmodified_since=old), 200)
        b.expect(b.ask(method, "k", if_none_match='"no"', if_modified_since=date), 200)
    b.expect(b.ask("GET", "nosuch", if_match=tag), 404, "NoSuchKey")


@case("GetObject")
def overrides(b):
    b.put("k", content_type="a/b")
    query = "&".join(f"response-{name}={value}" for name, value in (
        ("content-type", "x%2Fy"), ("content-language", "fr"), ("expires", "123"), ("cache-control", "c"),
        ("content-disposition", "d"), ("content-encoding", "e")))
    b.expect(b.ask("GET", "k", query), 200, content_type="x/y", content_language="fr", expires="123",
             cache_control="c", content_disposition="d", content_encoding="e")
    b.expect(b.ask("PUT", query="acl", x_amz_acl="public-read"), 200)
    b.expect(b.door.anonymous("GET", b.path("k"), "response-content-type=x"), 400, "InvalidRequest")


@case("GetObject")
def none(b):
    b.expect(b.ask("GET", "nosuch"), 404, "NoSuchKey")
    b.same(b.expect(b.ask("HEAD", "nosuch"), 404).body, b"")
    b.expect(b.ask("GET", "k", bucket=doors.random_name()), 404, "NoSuchBucket")
    b.expect(b.ask("GET", "nosuch", "partNumber=0"), 400, "InvalidArgument")
    b.put("k")
    b.expect(b.ask("GET", "k", "partNumber=2"), 400, "InvalidPart")
    b.expect(b.ask("GET", "k", "partNumber=1"), 206)


@case("PutObject")
def compare_and_set(b):
    first = b.put("k", b"1", if_none_match="*").headers["etag"]
    b.expect(b.ask("PUT", "k", body=b"2", if_none_match="*"), 412, "PreconditionFailed")
    b.expect(b.ask("PUT", "k", body=b"2", if_match='"no"'), 412, "PreconditionFailed")
    second = b.put("k", b"2", if_match=first).headers["etag"]
    b.expect(b.ask("PUT", "k", body=b"3", if_match=first), 412, "PreconditionFailed")
    b.expect(b.ask("PUT", "new", body=b"1", if_match=first), 404, "NoSuchKey")
    b.expect(b.ask("DELETE", "k", if_match=first), 412, "PreconditionFailed")
    b.expect(b.ask("DELETE", "k", if_match=second), 204)


@case("DeleteObject")
def what_is_not_there(b):
    b.expect(b.ask("DELETE", "nosuch"), 204)
    b.expect(b.ask("DELETE", "k", bucket=doors.random_name()), 404, "NoSuchBucket")


def delete(entries, quiet=False):
    objects = "".join("<Object>" + "".join(f"<{name}>{value}</{name}>" for name, value in each.items()) + "</Object>"
                      for each in entries)
    return f"<Delete>{'<Quiet>true</Quiet>' if quiet else ''}{objects}</Delete>"


@case("DeleteObjects")
def many(b):
    for key in ("a", "b", "c"):
        b.put(key)
    got = b.expect(b.ask("POST", query="delete", body=delete([{"Key": "a"}, {"Key": "nosuch"}])), 200)
    b.same(got.all("Deleted/Key"), ["a", "nosuch"])
    b.same(b.ask("POST", query="delete", body=delete([{"Key": "b"}], quiet=True)).all("Deleted/Key"), [])
    b.expect(b.ask("GET", "b"), 404, "NoSuchKey")
    failed = b.ask("POST", query="delete", body=delete([{"Key": "c", "ETag": '"no"'}]))
    b.same(failed.all("Error/Code"), ["PreconditionFailed"])
    b.expect(b.ask("POST", query="delete", body=delete([{"Key": str(i)} for i in range(1000)])), 200)
    b.expect(b.ask("POST", query="delete", body=delete([{"Key": str(i)} for i in range(1001)])), 400, "MalformedXML")
    for body in ("<Delete>", "<Delete/>", "x", "<Wrong/>"):
        b.expect(b.ask("POST", query="delete", body=body), 400, "MalformedXML")
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><Delete><Object><Key>&a;</Key></Object></Delete>'
    b.expect(b.ask("POST", query="delete", body=bomb), 400, "MalformedXML")
    b.expect(b.ask("POST", query="delete", body=delete([{"Key": "c"}]), content_md5=doors.md5(b"other")), 400, "BadDigest")


@case("CopyObject")
def there_and_back(b):
    b.put("from key+", b"bytes", content_type="a/b", x_amz_meta_m="1", x_amz_tagging="t=1")
    source = b.path("from key+")
    copied = b.expect(b.ask("PUT", "to", x_amz_copy_source=source), 200)
    b.same(copied.xml().tag, "CopyObjectResult")
    b.same(b.expect(b.ask("GET", "to"), 200, content_type="a/b", x_amz_meta_m="1", x_amz_tagging_count="1").body, b"bytes")
    b.expect(b.ask("PUT", "to", x_amz_copy_source=source, x_amz_metadata_directive="REPLACE", content_type="c/d",
                   x_amz_tagging_directive="REPLACE", x_amz_tagging=""), 200)
    b.expect(b.ask("GET", "to"), 200, content_type="c/d", x_amz_meta_m=None, x_amz_tagging_count=None)
    b.expect(b.ask("PUT", "to", x_amz_copy_source=source, x_amz_metadata_directive="other"), 400, "InvalidArgument")
    b.expect(b.ask("PUT", "from key+", x_amz_copy_source=source), 400, "InvalidRequest")
    b.expect(b.ask("PUT", "to", x_amz_copy_source=b.path("nosuch")), 404, "NoSuchKey")
    b.expect(b.ask("PUT", "to", x_amz_copy_source=f"/{doors.random_name()}/k"), 404, "NoSuchBucket")
    b.expect(b.ask("PUT", "to", x_amz_copy_source="nonsense"), 400, "InvalidArgument")


@case("CopyObject")
def conditions_of_the_source(b):
    tag = b.put("k").headers["etag"]
    source = {"x_amz_copy_source": b.path("k")}
    b.expect(b.ask("PUT", "to", **source, x_amz_copy_source_if_match=tag), 200)
    b.expect(b.ask("PUT", "to", **source, x_amz_copy_source_if_match='"no"'), 412, "PreconditionFailed")
    b.expect(b.ask("PUT", "to", **source, x_amz_copy_source_if_none_match=tag), 412, "PreconditionFailed")
    b.expect(b.ask("PUT", "to", **source, x_amz_copy_source_if_modified_since="Sat, 01 Jan 2000 00:00:00 GMT"), 200)
    b.expect(b.ask("PUT", "to", **source, if_none_match="*"), 412, "PreconditionFailed")


@case("PutObjectTagging")
def of_objects(b):
    b.put("k", x_amz_tagging="a=1&b%20c=d%3D")
    b.same(b.ask("GET", "k", "tagging").all("TagSet/Tag/Value"), ["1", "d="])
    b.expect(b.ask("PUT", "k", "tagging", tagging([(f"k{i}", "v") for i in range(10)])), 200)
    b.expect(b.ask("PUT", "k", "tagging", tagging([(f"k{i}", "v") for i in range(11)])), 400, "InvalidTag")
    b.expect(b.ask("PUT", "k", "tagging", tagging([("a" * 129, "")])), 400, "InvalidTag")
    b.expect(b.ask("PUT", "k", "tagging", tagging([("a", "v" * 257)])), 400, "InvalidTag")
    b.expect(b.ask("HEAD", "k"), 200, x_amz_tagging_count="10")
    b.expect(b.ask("DELETE", "k", "tagging"), 204)
    b.same(b.ask("GET", "k", "tagging").all("TagSet/Tag/Key"), [])
    b.expect(b.ask("GET", "nosuch", "tagging"), 404, "NoSuchKey")


@case("Versions")
def markers_and_ids(b):
    b.put("k", b"null")
    b.expect(b.ask("PUT", query="versioning", body=VERSIONING.format("Enabled")), 200)
    first = b.put("k", b"1").headers["x-amz-version-id"]
    second = b.put("k", b"2").headers["x-amz-version-id"]
    b.same(b.ask("GET", "k", f"versionId={first}").body, b"1")
    b.same(b.ask("GET", "k", "versionId=null").body, b"null")
    marker = b.expect(b.ask("DELETE", "k"), 204, x_amz_delete_marker="true").headers["x-amz-version-id"]
    b.expect(b.ask("GET", "k"), 404, "NoSuchKey", x_amz_delete_marker="true")
    b.expect(b.ask("GET", "k", f"versionId={marker}"), 405, "MethodNotAllowed", x_amz_delete_marker="true")
    b.expect(b.ask("HEAD", "k", f"versionId={marker}"), 405)
    listed = b.ask("GET", query="versions")
    b.same(listed.all("Version/VersionId"), [second, first, "null"])
    b.same(listed.all("DeleteMarker/VersionId"), [marker])
    b.same(listed.all("DeleteMarker/IsLatest"), ["true"])
    b.expect(b.ask("DELETE", "k", f"versionId={marker}"), 204, x_amz_delete_marker="true", x_amz_version_id=marker)
    b.same(b.ask("GET", "k").body, b"2")
    b.expect(b.ask("PUT", "copy", x_amz_copy_source=b.path("k") + f"?versionId={first}"), 200,
             x_amz_copy_source_version_id=first)
    b.same(b.ask("GET", "copy").body, b"1")
    b.expect(b.ask("DELETE", "k", f"versionId={second}"), 204)
    b.same(b.ask("GET", "k").body, b"1")
    b.expect(b.ask("GET", "k", f"versionId={second}"), 404, "NoSuchVersion")
    b.expect(b.ask("GET", "k", "versionId=nonsense"), 400, "InvalidArgument")


@case("Versions")
def suspended(b):
    b.expect(b.ask("PUT", query="versioning", body=VERSIONING.format("Enabled")), 200)
    first = b.put("k", b"1").headers["x-amz-version-id"]
    b.expect(b.ask("PUT", query="versioning", body=VERSIONING.format("Suspended")), 200)
    b.put("k", b"2")
    b.put("k", b"3")
    b.same(b.ask("GET", query="versions").all("Version/VersionId"), ["null", first])
    b.expect(b.ask("DELETE", "k"), 204, x_amz_delete_marker="true", x_amz_version_id="null")
    b.expect(b.ask("GET", "k", "versionId=null"), 405, "MethodNotAllowed")
    b.same(b.ask("GET", "k", f"versionId={first}").body, b"1")


@case("GetObject")
def if_range(b):
    b.put("k", b"0123456789")
    for changed in ('"no"', "Mon, 01 Jan 2001 00:00:00 GMT"):
        b.same(b.expect(b.ask("GET", "k", range="bytes=0-1", if_range=changed), 200).body, b"0123456789")


@case("DeleteObject")
def conditions_of_size_and_date(b):
    """In S3 of directory buckets only; a condition that is not known is not passed over."""
    for name, value in (("x_amz_if_match_size", "1"), ("x_amz_if_match_last_modified_time", "Mon, 01 Jan 2001 00:00:00 GMT")):
        b.put("k")
        refused = b.ask("DELETE", "k", **{name: value})
        b.same(refused.status in (412, 501), True, f"{name}: {refused.status}")
        b.expect(b.ask("HEAD", "k"), 200)


@case("DeleteObjects")
def one_that_is_wrong_spoils_no_other(b):
    b.put("a")
    done = b.expect(b.ask("POST", query="delete", body=delete([{"Key": "a"}, {"Key": "b", "VersionId": "nonsense"}])), 200)
    b.same((done.all("Deleted/Key"), done.all("Error/Key")), (["a"], ["b"]))


@case("PutObjectTagging")
def characters(b):
    b.put("k")
    for bad in ("a*b", "a&lt;b", "a&#10;b"):
        b.expect(b.ask("PUT", "k", "tagging", tagging([(bad, "1")])), 400, "InvalidTag")


@case("PutObjectTagging")
def two_sets(b):
    b.put("k")
    b.expect(b.ask("PUT", "k", "tagging", "<Tagging><TagSet/><TagSet/></Tagging>"), 400, "MalformedXML")


@case("PutObject")
def tags_twice_in_the_header(b):
    b.expect(b.ask("PUT", "k", x_amz_tagging="a=1&a=2"), 400, "InvalidArgument")


@case("GetObject")
def a_range_outside_names_the_size(b):
    b.put("k", b"0123456789")
    refused = b.expect(b.ask("GET", "k", range="bytes=10-"), 416, "InvalidRange")
    b.same((refused.one("ActualObjectSize"), refused.one("RangeRequested")), ("10", "bytes=10-"))


@case("PutObject")
def no_operation_that_is_not_known(b):
    """Parameters without a value name operations: one that is new in S3 must not put or delete an object."""
    b.put("k", b"kept")
    for query in ("annotation&annotationName=n", "abac", "metadataInventoryTable", "nonsense", "nonsense="):
        for method in ("PUT", "DELETE", "POST"):
            for key in ("k", None):
                b.expect(b.ask(method, key, query, b"lost" if method == "PUT" and key else b""), 501, "NotImplemented")
    b.same(b.ask("GET", "k").body, b"kept")
    b.expect(b.ask("PUT", "k", "x-id=PutObject", b"put"), 200)


@case("PutObject")
def headers_as_they_were(b):
    for coding in ("deflate, gzip", "deflate,gzip"):
        b.put("k", content_encoding=coding)
        b.expect(b.ask("HEAD", "k"), 200, content_encoding=coding)
    b.put("k", content_encoding="aws-chunked, gzip")
    b.expect(b.ask("HEAD", "k"), 200, content_encoding="gzip", content_type="binary/octet-stream")


@case("PutObject")
def a_body_that_ends_early(b):
    digest = hashlib.sha256(b"content").hexdigest()
    headers = b.door.signer.headers("PUT", b.path("k"), "", {"host": b.door.host}, digest)
    connection = b.door.connect()
    connection.putrequest("PUT", b.path("k"), skip_host=True, skip_accept_encoding=True)
    for name, value in {**headers, "host": b.door.host, "content-length": "100"}.items():
        connection.putheader(name, value)
    connection.endheaders(b"content")
    if not b.door.secure:  # of TLS the end of one side is the end
        connection.sock.shutdown(1)
        b.expect(doors.Answer(connection.getresponse()), 400, "IncompleteBody")
    connection.close()
    b.expect(b.ask("HEAD", "k"), 404)


@case("ListObjects")
def numbers_are_digits(b):
    for bad in ("%201", "1%20", "%2B1", "0x1"):
        b.expect(b.ask("GET", query=f"max-keys={bad}"), 400, "InvalidArgument")
