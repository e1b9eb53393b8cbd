"""Who may come in, and how bodies are signed."""

import base64
import datetime
import hashlib
import hmac
import json

import door as doors
import sigv4
from suite import case


def now(**later):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**later)


def signed(b, method="GET", query="", moment=None, payload=sigv4.UNSIGNED, signer=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return (signer or b.door.signer).headers(method, b.path("k"), query, {"host": b.door.host, **headers}, payload, moment)


def send(b, headers, method="GET", query="", body=b""):
    return b.door.send(method, b.path("k"), query, headers, body)


@case("Signature")
def is_right(b):
    b.put("k")
    b.expect(send(b, signed(b)), 200)


@case("Signature")
def is_missing(b):
    for path in ("/", b.path(""), b.path("k")):
        refused = b.expect(b.door.send("GET", path, "", {"host": b.door.host}), 403, "AccessDenied")
        b.same(refused.one("Resource"), path)


@case("Signature")
def of_another_secret_or_key(b):
    other = sigv4.Signer(b.door.signer.key, "another-secret")
    refused = b.expect(send(b, signed(b, signer=other)), 403, "SignatureDoesNotMatch")
    b.same("host" in refused.text, True, "what was signed is told")
    b.expect(send(b, signed(b, signer=sigv4.Signer("NOBODYSKEY", "a-secret"))), 403, "InvalidAccessKeyId")


@case("Signature")
def what_was_changed_since(b):
    headers = signed(b)
    b.expect(send(b, headers, method="DELETE"), 403, "SignatureDoesNotMatch")
    b.expect(send(b, headers, query="acl"), 403, "SignatureDoesNotMatch")
    b.expect(send(b, {**headers, "x-amz-meta-more": "1"}), 403)
    b.expect(send(b, {**headers, "host": "other.example.com"}), 403, "SignatureDoesNotMatch")


@case("Signature")
def skewed(b):
    for minutes in (-16, 16):
        b.expect(send(b, signed(b, moment=now(minutes=minutes))), 403, "RequestTimeTooSkewed")
    b.put("k")
    b.expect(send(b, signed(b, moment=now(minutes=-10))), 200)


@case("Signature")
def of_another_region(b):
    other = sigv4.Signer(b.door.signer.key, b.door.signer.secret, region="moon-1")
    refused = b.expect(send(b, signed(b, signer=other)), 400, "AuthorizationHeaderMalformed")
    b.same(refused.one("Region"), "us-east-1")


@case("Signature")
def malformed(b):
    for value, status, code in (("AWS HAHAHA", 400, "InvalidArgument"), ("Bearer x", 400, "InvalidArgument"),
                                ("AWS4-HMAC-SHA256 x", 400, "AuthorizationHeaderMalformed")):
        b.expect(send(b, {**signed(b), "authorization": value}), status, code)
    headers = signed(b)
    del headers["x-amz-date"]
    b.expect(send(b, headers), 403, "AccessDenied")
    headers = signed(b)
    del headers["authorization"]
    b.expect(send(b, headers), 403, "AccessDenied")


@case("Signature")
def of_the_body(b):
    digest = hashlib.sha256(b"content").hexdigest()
    b.expect(send(b, signed(b, "PUT", payload=digest), "PUT", body=b"content"), 200)
    b.expect(send(b, signed(b, "PUT", payload=digest), "PUT", body=b"CONTENT"), 400, "XAmzContentSHA256Mismatch")
    b.same(b.ask("GET", "k").body, b"content")


@case("Signature")
def of_strangers(b):
    b.need(b.other, "--other-access-key")
    b.put("k")
    for method, key, query in (("GET", "k", ""), ("PUT", "n", ""), ("DELETE", "k", ""), ("GET", "", ""),
                               ("GET", "", "acl"), ("PUT", "", "acl"), ("DELETE", "", "")):
        b.expect(b.ask(method, key, query, door=b.other), 403, "AccessDenied")
    b.expect(b.ask("PUT", "copy", door=b.other, x_amz_copy_source=b.path("k")), 403, "AccessDenied")


@case("Presigned")
def good_for_its_time(b):
    b.put("k", b"linked")
    sign = b.door.signer.presign
    ask = lambda query, method="GET", body=b"": b.door.send(method, b.path("k"), query, {"host": b.door.host}, body)
    b.same(b.expect(ask(sign("GET", b.door.host, b.path("k"))), 200).body, b"linked")
    b.expect(ask(sign("PUT", b.door.host, b.path("k")), "PUT", b"new"), 200)
    b.expect(ask(sign("GET", b.door.host, b.path("k"), expires=5, now=now(seconds=-10))), 403, "AccessDenied")
    b.expect(ask(sign("GET", b.door.host, b.path("k"), expires=604801)), 403)
    b.expect(ask(sign("GET", b.door.host, b.path("k"), expires=0)), 403)
    b.expect(ask(sign("GET", b.door.host, b.path("k"), expires=604800)), 200)
    b.expect(ask(sign("GET", b.door.host, b.path("k")), "DELETE"), 403, "SignatureDoesNotMatch")
    b.expect(ask(sign("GET", b.door.host, b.path("other"))), 403, "SignatureDoesNotMatch")
    b.expect(ask(sign("GET", b.door.host, b.path("k")) + "&versionId=null"), 403, "SignatureDoesNotMatch")


def streamed(b, pieces, kind, trailer=None, alter=None, length=None, signed_chunks=True, query="", **more):
    length = sum(map(len, pieces)) if length is None else length
    headers = {"host": b.door.host, "content-encoding": "aws-chunked", "x-amz-decoded-content-length": str(length)}
    if trailer:
        headers["x-amz-trailer"] = ",".join(trailer)
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    head = b.door.signer.headers("PUT", b.path("k"), query, headers, kind)
    body = b.door.signer.chunks(pieces, trailer, signed_chunks)
    return b.door.send("PUT", b.path("k"), query, head, alter(body) if alter else body)


PIECES = [b"a" * 65536, b"b" * 65536, b"the rest"]


@case("Streaming")
def signed_chunks(b):
    kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    b.expect(streamed(b, PIECES, kind), 200)
    got = b.expect(b.ask("GET", "k"), 200, content_encoding=None)
    b.same(got.body == b"".join(PIECES), True, "the bytes")
    b.expect(streamed(b, PIECES, kind, alter=lambda body: body.replace(b"the rest", b"THE REST")), 403, "SignatureDoesNotMatch")
    b.expect(streamed(b, PIECES, kind, length=7), 400)
    b.expect(streamed(b, PIECES, kind, alter=lambda body: body[:-90]), 400)
    b.same(b.ask("GET", "k").body == b"".join(PIECES), True, "nothing of those was stored")


def form(b, conditions=None, fields=None, expires=60, file=b"of a form", secret=None, key=None, drop=()):
    moment = now()
    scope = f"{moment:%Y%m%d}/us-east-1/s3/aws4_request"
    own = {"key": "form/k", "x-amz-algorithm": "AWS4-HMAC-SHA256",
           "x-amz-credential": f"{key or b.door.signer.key}/{scope}", "x-amz-date": f"{moment:%Y%m%dT%H%M%SZ}",
           **(fields or {})}
    if conditions is None:
        conditions = [{name: value} for name, value in own.items()] + [{"bucket": b.bucket}]
    else:
        conditions = conditions + [{name: own[name]} for name in ("x-amz-algorithm", "x-amz-credential", "x-amz-date")]
    policy = base64.b64encode(json.dumps({
        "expiration": f"{moment + datetime.timedelta(seconds=expires):%Y-%m-%dT%H:%M:%SZ}",
        "conditions": conditions}).encode()).decode()
    signing = sigv4.signing_key(secret or b.door.signer.secret, scope[:8], "us-east-1", "s3")
    own |= {"policy": policy, "x-amz-signature": hmac.new(signing, policy.encode(), hashlib.sha256).hexdigest()}
    body = b"".join(f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                    for name, value in own.items() if name not in drop)
    body += b'--B\r\nContent-Disposition: form-data; name="file"; filename="name.txt"\r\n\r\n' + file + b"\r\n--B--\r\n"
    return b.door.send("POST", b.path(), "", {"host": b.door.host, "content-type": "multipart/form-data; boundary=B"}, body)


@case("PostObject")
def stores_the_file(b):
    done = b.expect(form(b), 204)
    b.same(done.headers["location"].endswith(b.path("form/k")), True, "location")
    b.same(b.ask("GET", "form/k").body, b"of a form")
    fields = {"success_action_status": "201", "key": "up/${filename}", "Content-Type": "a/b", "x-amz-meta-m": "1"}
    anything = [{"bucket": b.bucket}, ["starts-with", "$key", "up/"], ["eq", "$success_action_status", "201"],
                ["starts-with", "$Content-Type", ""], {"x-amz-meta-m": "1"}]
    created = b.expect(form(b, conditions=anything, fields=fields), 201)
    b.same((created.one("Bucket"), created.one("Key")), (b.bucket, "up/name.txt"))
    b.expect(b.ask("GET", "up/name.txt"), 200, content_type="a/b", x_amz_meta_m="1")
    sent = b.expect(form(b, fields={"success_action_redirect": "http://example.com/?x=1"}), 303)
    b.same(sent.headers["location"].startswith(f"http://example.com/?x=1&bucket={b.bucket}&key=form/k&etag="), True)


@case("PostObject")
def is_refused(b):
    b.expect(form(b, secret="another"), 403, "SignatureDoesNotMatch")
    b.expect(form(b, key="NOBODYSKEY"), 403, "InvalidAccessKeyId")
    b.expect(form(b, expires=-1), 403, "AccessDenied")
    b.expect(form(b, conditions=[["starts-with", "$key", "form/"]]), 403, "AccessDenied")
    b.expect(form(b, conditions=[{"bucket": b.bucket}, ["starts-with", "$key", "other/"]]), 403, "AccessDenied")
    b.expect(form(b, conditions=[{"bucket": b.bucket}, ["eq", "$key", "form/k"], ["content-length-range", 100, 200]]),
             400, "EntityTooSmall")
    b.expect(form(b, conditions=[{"bucket": b.bucket}, ["eq", "$key", "form/k"], ["content-length-range", 0, 3]]),
             400, "EntityTooLarge")
    b.expect(form(b, drop=("key",)), 400, "InvalidArgument")
    b.expect(form(b, drop=("policy",)), 400)
    b.expect(form(b, drop=("policy", "x-amz-signature", "x-amz-algorithm", "x-amz-credential", "x-amz-date")), 403,
             "AccessDenied")
    b.expect(b.ask("GET", "form/k"), 404, "NoSuchKey")


@case("HTTP")
def goes_on_after_an_error(b):
    connection = b.door.connect()
    path = b.path("k")
    b.expect(b.door.ask("GET", path, connection=connection), 404, "NoSuchKey")
    b.expect(b.door.ask("PUT", path, body=b"x", connection=connection), 200)
    b.same(b.door.ask("GET", path, connection=connection).body, b"x")
    connection.close()


@case("HTTP")
def what_is_no_method_here(b):
    b.expect(b.ask("PATCH", "k"), 405, "MethodNotAllowed")
    b.expect(b.ask("GET", "k", "torrent"), 501, "NotImplemented")
    first, second = b.ask("GET", "k"), b.ask("GET", "k")
    b.same(first.headers["x-amz-request-id"] != second.headers["x-amz-request-id"], True, "request ids differ")
    b.same("date" in first.headers, True)


@case("Presigned")
def headers_as_parameters(b):
    query = "x-amz-meta-color=red&x-amz-tagging=a%3D1"
    link = b.door.signer.presign("PUT", b.door.host, b.path("k"), query)
    b.expect(b.door.send("PUT", b.path("k"), link, {"host": b.door.host}, b"content"), 200)
    b.expect(b.ask("HEAD", "k"), 200, x_amz_meta_color="red", x_amz_tagging_count="1")


@case("Presigned")
def a_checksum_as_a_parameter(b):
    query = "x-amz-checksum-crc32=" + sigv4.quote(doors.checksum("crc32", b"content"))
    link = b.door.signer.presign("PUT", b.door.host, b.path("k"), query)
    b.expect(b.door.send("PUT", b.path("k"), link, {"host": b.door.host}, b"other"), 400, "BadDigest")


@case("Presigned")
def headers_as_parameters_are_headers(b):
    b.put("from", b"content")

    def put(key, **parameters):
        query = "&".join(f"{name.replace('_', '-')}={sigv4.quote(value)}" for name, value in parameters.items())
        link = b.door.signer.presign("PUT", b.door.host, b.path(key), query)
        return b.door.send("PUT", b.path(key), link, {"host": b.door.host}, b"")

    b.expect(put("to", x_amz_copy_source=b.path("from")), 200)
    b.same(b.ask("GET", "to").body, b"content")
    b.expect(put("k", x_amz_server_side_encryption="AES256"), 501, "NotImplemented")
    b.expect(put("k", x_amz_storage_class="GLACIER"), 400, "InvalidStorageClass")
    b.expect(put("k", x_amz_meta_a="1\r\nx-amz-acl: public-read"), 400, "InvalidArgument")
    b.expect(put("k", **{"x_amz_meta_a": "1", "X_Amz_Meta_A": "2"}), 400, "InvalidArgument")
    b.expect(b.ask("HEAD", "k"), 404)
