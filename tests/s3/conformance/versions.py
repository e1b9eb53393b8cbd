"""Versions: what is done to one of them leaves the others alone."""

import door as doors
from buckets import VERSIONING, tagging
from objects import delete
from suite import case
from uploads import LAST, complete, create, part


def enable(b, status="Enabled"):
    b.expect(b.ask("PUT", query="versioning", body=VERSIONING.format(status)), 200)


def version(answer):
    return answer.headers["x-amz-version-id"]


@case("Versions")
def tags_of_one(b):
    enable(b)
    first, second = version(b.put("k", b"1", x_amz_tagging="a=1")), version(b.put("k", b"2"))
    b.expect(b.ask("PUT", "k", f"tagging&versionId={first}", tagging([("b", "2")])), 200, x_amz_version_id=first)
    b.same(b.ask("GET", "k", f"tagging&versionId={first}").all("TagSet/Tag/Key"), ["b"])
    b.same(b.ask("GET", "k", f"tagging&versionId={second}").all("TagSet/Tag/Key"), [])
    b.expect(b.ask("DELETE", "k", f"tagging&versionId={first}"), 204, x_amz_version_id=first)
    b.same(b.ask("GET", "k", f"tagging&versionId={first}").all("TagSet/Tag/Key"), [])
    marker = version(b.ask("DELETE", "k"))
    b.expect(b.ask("GET", "k", f"tagging&versionId={marker}"), 405, "MethodNotAllowed")
    b.expect(b.ask("GET", "k", "tagging"), 404, "NoSuchKey")


@case("Versions")
def many_deleted_at_once(b):
    enable(b)
    first, second = version(b.put("k", b"1")), version(b.put("k", b"2"))
    done = b.expect(b.ask("POST", query="delete", body=delete([{"Key": "k", "VersionId": first}])), 200)
    b.same((done.one("Deleted/Key"), done.one("Deleted/VersionId"), done.one("Deleted/DeleteMarker")), ("k", first, None))
    done = b.expect(b.ask("POST", query="delete", body=delete([{"Key": "k"}])), 200)
    marker = done.one("Deleted/DeleteMarkerVersionId")
    b.same((done.one("Deleted/DeleteMarker"), bool(marker)), ("true", True))
    done = b.ask("POST", query="delete", body=delete([{"Key": "k", "VersionId": marker}]))
    b.same((done.one("Deleted/DeleteMarker"), done.one("Deleted/DeleteMarkerVersionId")), ("true", marker))
    b.same(b.expect(b.ask("GET", "k"), 200, x_amz_version_id=second).body, b"2")


@case("Versions")
def an_upload_in_parts_makes_one(b):
    enable(b)
    before = version(b.put("k", b"1"))
    upload = create(b)
    done = b.expect(complete(b, upload, [(1, part(b, upload, 1, LAST))]), 200)
    b.same(b.ask("GET", query="versions").all("Version/VersionId"), [version(done), before])
    b.same(b.ask("HEAD", "k").headers["x-amz-version-id"], version(done))


@case("Versions")
def the_older_copied_over_the_newer(b):
    enable(b)
    first = version(b.put("k", b"1"))
    b.put("k", b"2")
    restored = b.expect(b.ask("PUT", "k", x_amz_copy_source=b.path("k") + f"?versionId={first}"), 200,
                        x_amz_copy_source_version_id=first)
    b.same((b.ask("GET", "k").body, version(restored) != first), (b"1", True))
    b.ask("DELETE", "k")
    b.expect(b.ask("PUT", "to", x_amz_copy_source=b.path("k")), 404, "NoSuchKey")


@case("Versions")
def a_marker_where_nothing_was(b):
    enable(b)
    first = version(b.expect(b.ask("DELETE", "k"), 204, x_amz_delete_marker="true"))
    second = version(b.expect(b.ask("DELETE", "k"), 204, x_amz_delete_marker="true"))
    b.same(b.ask("GET", query="versions").all("DeleteMarker/VersionId"), [second, first])
    b.same(b.ask("GET").all("Contents/Key"), [])
    b.expect(b.ask("DELETE"), 409, "BucketNotEmpty")


@case("Versions")
def without_versioning_none_is_told(b):
    b.same(b.put("k").headers.get("x-amz-version-id"), None)
    b.same(b.ask("GET", query="versions").all("Version/VersionId"), ["null"])
    b.expect(b.ask("DELETE", "k"), 204, x_amz_delete_marker=None)
    b.same(b.ask("GET", query="versions").all("Version/Key"), [])


@case("Versions")
def ids_that_are_none(b):
    enable(b)
    b.put("k")
    b.expect(b.ask("GET", "nosuch", "versionId=null"), 404, "NoSuchVersion")
    b.expect(b.ask("GET", "k", "versionId=null"), 404, "NoSuchVersion")
    b.expect(b.ask("PUT", "to", x_amz_copy_source=b.path("k") + "?versionId=nonsense"), 400, "InvalidArgument")
    b.expect(b.ask("GET", "k", bucket=doors.random_name(), query="versionId=null"), 404, "NoSuchBucket")


@case("Versions")
def a_marker_is_no_source(b):
    enable(b)
    b.put("k")
    marker = version(b.ask("DELETE", "k"))
    b.expect(b.ask("PUT", "to", x_amz_copy_source=b.path("k") + f"?versionId={marker}"), 400, "InvalidRequest")


@case("Versions")
def an_empty_id(b):
    enable(b)
    b.put("k")
    for method in ("GET", "DELETE"):
        b.expect(b.ask(method, "k", "versionId="), 400, "InvalidArgument")
    b.same(b.ask("GET", query="versions").all("DeleteMarker/Key"), [])


@case("Versions")
def when_a_marker_was_made(b):
    enable(b)
    b.put("k")
    marker = version(b.ask("DELETE", "k"))
    for method in ("GET", "HEAD"):
        got = b.expect(b.ask(method, "k", f"versionId={marker}"), 405)
        b.same("last-modified" in got.headers, True, "Last-Modified")


@case("Versions")
def the_acl_of_a_marker_says_so(b):
    enable(b)
    b.put("k")
    b.ask("DELETE", "k")
    b.expect(b.ask("GET", "k", "acl"), 404, "NoSuchKey", x_amz_delete_marker="true")


@case("CopyObject")
def names_a_null_version_so(b):
    b.put("k", b"null")
    enable(b)
    for source in ("", "?versionId=null"):
        b.expect(b.ask("PUT", "to", x_amz_copy_source=b.path("k") + source), 200, x_amz_copy_source_version_id="null")
    b.expect(b.ask("PUT", "k", "tagging", tagging([("a", "1")])), 200, x_amz_version_id="null")
