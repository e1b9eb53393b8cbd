"""Forms of browsers, each kind of condition, and what else a bucket is asked."""

import door as doors
from buckets import tagging
from objects import delete
from signatures import form
from suite import case

KEY = ["eq", "$key", "form/k"]


@case("PostObject")
def each_kind_of_condition(b):
    bucket = {"bucket": b.bucket}
    b.expect(form(b, conditions=[bucket, KEY, ["content-length-range", 9, 9]]), 204)
    b.expect(form(b, conditions=[["eq", "$bucket", b.bucket], ["starts-with", "$key", ""]]), 204)
    b.expect(form(b, conditions=[{"bucket": "another"}, KEY]), 403, "AccessDenied")
    b.expect(form(b, conditions=[bucket, ["eq", "$key", "form/K"]]), 403, "AccessDenied")
    typed = {"Content-Type": "image/png"}
    b.expect(form(b, conditions=[bucket, KEY, ["starts-with", "$Content-Type", "image/"]], fields=typed), 204)
    b.expect(form(b, conditions=[bucket, KEY, ["starts-with", "$Content-Type", "text/"]], fields=typed), 403, "AccessDenied")
    b.expect(form(b, conditions=[bucket, KEY], fields={"x-amz-meta-m": "1"}), 403, "AccessDenied")
    b.expect(form(b, conditions=[bucket, KEY], fields={"x-ignore-m": "1"}), 204)


@case("PostObject")
def status_that_cannot_be_is_204(b):
    b.expect(form(b, fields={"success_action_status": "404"}), 204)
    b.expect(form(b, fields={"success_action_status": "200"}), 200)
    b.expect(form(b, fields={"success_action_redirect": "http://example.com/\r\nx: y"}), 204, x=None)


@case("DeleteObjects")
def limits_and_keys(b):
    b.put("a&b")
    b.put("line\nfeed")
    done = b.expect(b.ask("POST", query="delete", body=delete([{"Key": "a&amp;b"}, {"Key": "line&#10;feed"}])), 200)
    b.same(done.all("Deleted/Key"), ["a&b", "line\nfeed"])
    b.same(b.ask("GET").all("Contents/Key"), [])
    b.expect(b.ask("POST", query="delete", body=delete([{"Key": "k"}]), bucket=doors.random_name()), 404, "NoSuchBucket")
    if b.other:
        b.put("k")
        b.expect(b.ask("POST", query="delete", body=delete([{"Key": "k"}]), door=b.other), 403, "AccessDenied")
        b.expect(b.ask("HEAD", "k"), 200)


@case("PutObjectTagging")
def what_no_tags_are(b):
    b.put("k")
    b.expect(b.ask("PUT", "k", "tagging", tagging([("a", "1"), ("a", "2")])), 400, "InvalidTag")
    b.expect(b.ask("PUT", "k", "tagging", tagging([("", "1")])), 400, "InvalidTag")
    b.expect(b.ask("PUT", "k", "tagging", tagging([("aws:x", "1")])), 400, "InvalidTag")
    b.expect(b.ask("PUT", "k", "tagging", "<Tagging>"), 400, "MalformedXML")
    b.expect(b.ask("PUT", "k", "tagging", tagging([("a" * 128, "v" * 256), ("ü", "☘")])), 200)
    b.same(sorted(b.ask("GET", "k", "tagging").all("TagSet/Tag/Key")), ["a" * 128, "ü"])
    for bad in ("a=1&a=2", "&".join(f"k{i}=" for i in range(11))):
        b.expect(b.ask("PUT", "n", x_amz_tagging=bad), 400)
    b.expect(b.ask("GET", "n"), 404, "NoSuchKey")


@case("GetBucketLocation")
def is_told(b):
    b.same(b.expect(b.ask("GET", query="location"), 200).xml().tag, "LocationConstraint")
    b.expect(b.ask("GET", query="location", bucket=doors.random_name()), 404, "NoSuchBucket")


@case("ListParts")
def names_who_and_what(b):
    upload = b.expect(b.ask("POST", "k", "uploads"), 200).one("UploadId")
    page = b.expect(b.ask("GET", "k", f"uploadId={upload}"), 200)
    b.same((page.one("Bucket"), page.one("Key"), page.one("UploadId"), page.one("IsTruncated")),
           (b.bucket, "k", upload, "false"))
    b.same((bool(page.one("Owner/ID")), bool(page.one("Initiator/ID")), page.one("StorageClass")), (True, True, "STANDARD"))
    b.expect(b.ask("POST", "k", "uploads", bucket=doors.random_name()), 404, "NoSuchBucket")
