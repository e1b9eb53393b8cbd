"""Buckets as hosts: BUCKET.DOMAIN in Host, and the path without the bucket."""

import hashlib

import door as doors
import sigv4
from suite import case
from uploads import document


def ask(b, method, path, query="", body=b"", bucket=None, host="{}", signed_for=None, **headers):
    """`host` is what becomes of the bucket's own; `signed_for` another host than that for the signature."""
    b.need(b.door.domain, "--domain")
    host = host.format(f"{bucket or b.bucket}.{b.door.domain}")
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    digest = hashlib.sha256(body).hexdigest()
    signed = b.door.signer.headers(method, path, query, {"host": signed_for or host, **headers}, digest)
    return b.door.send(method, path, query, {**signed, "host": host}, body)


@case("HTTP")
def a_bucket_may_be_the_host(b):
    b.expect(ask(b, "PUT", "/a/k", body=b"content"), 200)
    b.same(b.expect(b.ask("GET", "a/k"), 200).body, b"content")
    b.same(b.expect(ask(b, "GET", "/a/k"), 200).body, b"content")
    b.same(b.expect(ask(b, "GET", "/", "list-type=2"), 200).all("Contents/Key"), ["a/k"])
    b.expect(ask(b, "GET", "/a/k", bucket=doors.random_name()), 404, "NoSuchBucket")
    b.expect(ask(b, "GET", "/a/k", signed_for=b.door.host), 403, "SignatureDoesNotMatch")
    b.expect(ask(b, "DELETE", "/a/k"), 204)


@case("HTTP")
def a_bucket_as_the_host_is_made_and_removed(b):
    bucket = doors.random_name()
    b.expect(ask(b, "HEAD", "/", bucket=bucket), 404)
    b.expect(ask(b, "PUT", "/", bucket=bucket), 200)
    b.made.append(bucket)
    b.expect(ask(b, "HEAD", "/", bucket=bucket), 200)
    b.expect(ask(b, "DELETE", "/", bucket=bucket), 204)
    b.expect(ask(b, "DELETE", "/", bucket=bucket), 404, "NoSuchBucket")


@case("HTTP")
def hosts_have_ports_and_any_case(b):
    b.put("k")
    for host in ("{}", "{}:9000", "{}:443"):
        b.expect(ask(b, "GET", "/k", host=host), 200)
    host = f"{b.bucket}.{b.door.domain.upper()}"
    b.expect(ask(b, "GET", "/k", host=host), 200)


@case("HTTP")
def the_domain_itself_is_no_bucket(b):
    b.put("k", b"content")
    b.need(b.door.domain, "--domain")
    b.same(b.bucket in ask(b, "GET", "/", host=b.door.domain).all("Buckets/Bucket/Name"), True, "its buckets")
    b.same(b.expect(ask(b, "GET", b.path("k"), host=b.door.domain), 200).body, b"content")


@case("HTTP")
def keys_of_a_bucket_as_the_host(b):
    b.need(b.door.domain, "--domain")
    for key in ("a b+c", "ünï/☘", "per%cent", f"{b.bucket}/k", "a//b"):
        path = "/" + doors.encode(key)
        b.expect(ask(b, "PUT", path, body=key.encode()), 200)
        b.same(b.expect(b.ask("GET", key), 200).body, key.encode(), key)
        b.expect(ask(b, "DELETE", path), 204)
        b.expect(ask(b, "GET", path), 404, "NoSuchKey")


@case("HTTP")
def uploads_and_copies_to_a_bucket_as_the_host(b):
    upload = ask(b, "POST", "/k", "uploads").one("UploadId")
    tag = b.expect(ask(b, "PUT", "/k", f"partNumber=1&uploadId={upload}", b"x"), 200).headers["etag"]
    done = b.expect(ask(b, "POST", "/k", f"uploadId={upload}", document([(1, tag)]).encode()), 200)
    scheme = "https" if b.door.secure else "http"
    b.same(done.one("Location"), f"{scheme}://{b.bucket}.{b.door.domain}/k")
    b.expect(ask(b, "PUT", "/to", x_amz_copy_source=b.path("k")), 200)
    b.same(b.ask("GET", "to").body, b"x")


@case("Presigned")
def for_a_bucket_as_the_host(b):
    b.need(b.door.domain, "--domain")
    b.put("k", b"linked")
    host = f"{b.bucket}.{b.door.domain}"
    link = b.door.signer.presign("GET", host, "/k")
    b.same(b.expect(b.door.send("GET", "/k", link, {"host": host}), 200).body, b"linked")
    b.expect(b.door.send("GET", b.path("k"), link, {"host": b.door.host}), 403, "SignatureDoesNotMatch")
    stranger = sigv4.Signer(b.door.signer.key, "another-secret").presign("GET", host, "/k")
    b.expect(b.door.send("GET", "/k", stranger, {"host": host}), 403, "SignatureDoesNotMatch")
