"""HTTP itself: what goes over the line before, around and instead of a body."""

import email.header
import re

import door as doors
from suite import case


def talk(b, first, then=b"", until=b"\r\n\r\n"):
    """What comes back for `first`, and what for `then`, on one connection."""
    answers = []
    with b.door.line() as line:
        for piece in filter(None, (first, then)):
            line.sendall(piece)
            got = b""
            while until not in got:
                more = line.recv(65536)
                if not more:
                    break
                got += more
            answers.append(got)
    return answers


def head(method, target, headers):
    return (f"{method} {target} HTTP/1.1\r\n"
            + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n").encode()


def signed(b, method, key, body=b"", **more):
    path = b.path(key)
    payload = doors.hashlib.sha256(body).hexdigest()
    headers = b.door.signer.headers(method, path, "", {"host": b.door.host}, payload)
    return path, {**headers, "content-length": str(len(body)), **{n.replace("_", "-"): v for n, v in more.items()}}


@case("HTTP")
def asks_for_the_body_when_it_wants_it(b):
    path, headers = signed(b, "PUT", "k", b"content", expect="100-continue")
    asked, done = talk(b, head("PUT", path, headers), b"content")
    b.same((asked.split(b"\r\n")[0], done.split(b"\r\n")[0]), (b"HTTP/1.1 100 Continue", b"HTTP/1.1 200 OK"))
    b.same(b.ask("GET", "k").body, b"content")


@case("HTTP")
def refuses_before_the_body_comes(b):
    path, headers = signed(b, "PUT", "k", b"content", expect="100-continue")
    headers["authorization"] = headers["authorization"][:-4] + "0000"
    (refused,) = talk(b, head("PUT", path, headers))
    b.same(refused.split(b" ")[1], b"403", "no 100 for what is refused")


@case("HTTP")
def an_answer_to_head_has_no_body(b):
    b.put("k")
    for key, status in (("k", b"200"), ("nosuch", b"404")):
        path, headers = signed(b, "HEAD", key, connection="close")
        (got,) = talk(b, head("HEAD", path, headers), until=b"\0")
        before, _, after = got.partition(b"\r\n\r\n")
        b.same((before.split(b" ")[1], after), (status, b""), key)


@case("HTTP")
def no_length_is_411_and_no_host_400(b):
    path, headers = signed(b, "PUT", "k")
    del headers["content-length"]
    (got,) = talk(b, head("PUT", path, {**headers, "connection": "close"}), until=b"\0")
    b.same((got.split(b" ")[1], b"MissingContentLength" in got), (b"411", True), "no length")
    path, headers = signed(b, "GET", "k")
    del headers["host"]
    (got,) = talk(b, head("GET", path, {**headers, "connection": "close"}), until=b"\0")
    b.same(got.split(b" ")[1], b"400", "no Host")


@case("HTTP")
def requests_one_behind_the_other(b):
    b.put("k", b"content")
    path, headers = signed(b, "GET", "k")
    _, last = signed(b, "GET", "k", connection="close")
    (got,) = talk(b, head("GET", path, headers) + head("GET", path, last), until=b"\0")
    b.same(got.count(b"HTTP/1.1 200 OK"), 2)
    b.same(got.count(b"\r\n\r\ncontent"), 2)


@case("HTTP")
def dates_and_ids(b):
    b.put("k")
    stamp = r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"
    got = b.ask("GET", "k")
    for name in ("date", "last-modified"):
        b.same(bool(re.fullmatch(stamp, got.headers[name])), True, name)
    b.same(got.headers["accept-ranges"], "bytes")
    refused = b.expect(b.ask("GET", "nosuch"), 404, "NoSuchKey", content_type="application/xml")
    b.same(refused.one("RequestId"), refused.headers["x-amz-request-id"], "the id in the document")
    b.same(bool(refused.one("Resource") or refused.one("Key")), True, "what it is about")
    listed = b.ask("GET").one("Contents/LastModified")
    b.same(bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", listed)), True, listed)


@case("PutObject")
def metadata_in_other_scripts(b):
    """As UTF-8 it goes in; as it is, or as RFC 2047 writes it, it comes back."""
    text, path = "ünï ☘", b.path("k")
    headers = b.door.signer.headers("PUT", path, "", {"host": b.door.host, "x-amz-meta-m": text}, "UNSIGNED-PAYLOAD")
    b.expect(b.door.send("PUT", path, "", {name: value.encode() for name, value in headers.items()}), 200)
    told = b.expect(b.ask("HEAD", "k"), 200).headers["x-amz-meta-m"]
    if told.startswith("=?"):
        told = str(email.header.make_header(email.header.decode_header(told)))
    else:
        told = told.encode("latin-1").decode()
    b.same(told, text)
