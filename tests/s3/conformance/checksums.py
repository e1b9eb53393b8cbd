"""Checksums of the five algorithms: in headers, behind streamed bodies, in forms and links, of documents."""

import door as doors
from buckets import VERSIONING, tagging
from objects import delete
from signatures import form, streamed
from suite import case
from uploads import create

PIECES = [b"x" * 9000, b"y" * 100]
WHOLE = b"".join(PIECES)
KINDS = (("STREAMING-UNSIGNED-PAYLOAD-TRAILER", False), ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", True))
# What is no checksum, of whichever algorithm.
NONE = ("AAAA", "nonsense", "")


def header(algorithm):
    return f"x-amz-checksum-{algorithm}"


def told(b, name, value):
    """Who asks for the checksum is told it, and nobody else."""
    for method in ("GET", "HEAD"):
        b.expect(b.ask(method, "k", x_amz_checksum_mode="ENABLED"), 200, **{name: value}, x_amz_checksum_type="FULL_OBJECT")
        b.expect(b.ask(method, "k"), 200, **{name: None}, x_amz_checksum_type=None)


for algorithm in doors.CHECKSUMS:
    def in_a_header(b, algorithm=algorithm):
        name, value = header(algorithm), doors.checksum(algorithm, b"content")
        b.expect(b.ask("PUT", "k", body=b"content", **{name: value}), 200, **{name: value})
        told(b, name, value)
        b.expect(b.ask("PUT", "n", body=b"content", **{name: doors.checksum(algorithm, b"other")}), 400, "BadDigest")
        for none in (*NONE, value[:-1], value + "AAAA"):
            b.expect(b.ask("PUT", "n", body=b"content", **{name: none}), 400, "InvalidRequest")
        b.expect(b.ask("GET", "n"), 404, "NoSuchKey")

    def of_no_bytes(b, algorithm=algorithm):
        name, value = header(algorithm), doors.checksum(algorithm, b"")
        b.put("k", b"", **{name: value})
        told(b, name, value)
        b.expect(b.ask("PUT", "k", body=b"", **{name: doors.checksum(algorithm, b"other")}), 400, "BadDigest")

    def in_a_form(b, algorithm=algorithm):
        name, value = header(algorithm), doors.checksum(algorithm, b"of a form")
        b.expect(form(b, fields={name: value}), 204)
        b.expect(b.ask("HEAD", "form/k", x_amz_checksum_mode="ENABLED"), 200, **{name: value})
        b.expect(form(b, fields={name: value, "key": "form/n"}, file=b"another"), 400, "BadDigest")
        b.expect(b.ask("GET", "form/n"), 404, "NoSuchKey")

    def in_a_link(b, algorithm=algorithm):
        """As a header that the link has signed."""
        for key, body, status, code in (("k", b"content", 200, None), ("n", b"another", 400, "BadDigest")):
            signed = {header(algorithm): doors.checksum(algorithm, b"content")}
            link = b.door.signer.presign("PUT", b.door.host, b.path(key), headers=signed)
            b.expect(b.door.send("PUT", b.path(key), link, {"host": b.door.host, **signed}, body), status, code)
        told(b, header(algorithm), doors.checksum(algorithm, b"content"))
        b.expect(b.ask("GET", "n"), 404, "NoSuchKey")

    def of_a_document(b, algorithm=algorithm):
        def state():
            return [b.ask("HEAD", "k").status, b.ask("GET", query="versioning").one("Status"),
                    *(b.ask("GET", key, "tagging").all("TagSet/Tag/Key") for key in ("", "k"))]

        b.put("k")
        name, tags = header(algorithm), tagging([("a", "1")])
        for method, key, query, body, status in (("PUT", "", "versioning", VERSIONING.format("Suspended"), 200),
                                                 ("PUT", "", "tagging", tags, 204), ("PUT", "k", "tagging", tags, 200),
                                                 ("POST", "", "delete", delete([{"Key": "k"}]), 200)):
            before = state()
            b.expect(b.ask(method, key, query, body, **{name: doors.checksum(algorithm, b"other")}), 400, "BadDigest")
            for none in NONE:
                b.expect(b.ask(method, key, query, body, **{name: none}), 400, "InvalidRequest")
            b.same(state(), before, f"what was refused: {query} of {key!r}")
            b.expect(b.ask(method, key, query, body, **{name: doors.checksum(algorithm, body.encode())}), status)
        b.same(state(), [404, "Suspended", ["a"], []], "what was done")

    for function, operation in ((in_a_header, "PutObject"), (of_no_bytes, "PutObject"), (in_a_link, "Presigned"),
                                (in_a_form, "PostObject"), (of_a_document, "Checksum")):
        function.__name__ += f"_{algorithm}"
        case(operation)(function)

    for kind, signs in KINDS:
        def trailer(b, algorithm=algorithm, kind=kind, signs=signs):
            name, value = header(algorithm), doors.checksum(algorithm, WHOLE)
            b.expect(streamed(b, PIECES, kind, {name: value}, signed_chunks=signs), 200, **{name: value})
            told(b, name, value)
            b.expect(b.ask("DELETE", "k"), 204)
            wrong = doors.checksum(algorithm, b"other")
            b.expect(streamed(b, PIECES, kind, {name: wrong}, signed_chunks=signs), 400, "BadDigest")
            for none in NONE:
                b.expect(streamed(b, PIECES, kind, {name: none}, signed_chunks=signs), 400, "InvalidRequest")
            b.expect(b.ask("GET", "k"), 404, "NoSuchKey")
        trailer.__name__ = f"trailer_{algorithm}_{'signed' if signs else 'unsigned'}"
        case("Streaming")(trailer)

        def of_a_part(b, algorithm=algorithm, kind=kind, signs=signs):
            name, value = header(algorithm), doors.checksum(algorithm, WHOLE)
            upload = create(b, x_amz_checksum_algorithm=algorithm.upper())
            ask = {"query": f"partNumber=1&uploadId={upload}", "signed_chunks": signs}
            wrong = doors.checksum(algorithm, b"other")
            b.expect(streamed(b, PIECES, kind, {name: wrong}, **ask), 400, "BadDigest")
            b.same(b.ask("GET", "k", f"uploadId={upload}").all("Part/PartNumber"), [])
            b.expect(streamed(b, PIECES, kind, {name: value}, **ask), 200, **{name: value})
            b.same(b.ask("GET", "k", f"uploadId={upload}").one(f"Part/Checksum{algorithm.upper()}"), value)
        of_a_part.__name__ = f"trailer_of_a_part_{algorithm}_{'signed' if signs else 'unsigned'}"
        case("Streaming")(of_a_part)


SUM, OTHER = ({header(algorithm): doors.checksum(algorithm, WHOLE)} for algorithm in ("crc32", "sha1"))

for kind, signs in KINDS:
    def what_is_no_trailer(b, kind=kind, signs=signs):
        """One checksum and no more, which x-amz-trailer names, and to its end."""
        for trailer, more, status, code in (
                ({**SUM, **OTHER}, {}, 400, "InvalidRequest"),
                (SUM, OTHER, 400, "InvalidRequest"),
                (SUM, SUM, 400, "InvalidRequest"),
                ({"x-amz-meta-m": "1"}, {}, 400, "InvalidRequest"),
                (SUM, {"x_amz_sdk_checksum_algorithm": "SHA1"}, 400, "InvalidRequest"),
                (OTHER, {"x_amz_trailer": "x-amz-checksum-crc32"}, 400, None),
                (None, {"x_amz_trailer": "x-amz-checksum-crc32"}, 400, None)):
            b.expect(streamed(b, PIECES, kind, trailer, signed_chunks=signs, **more), status, code)
        cut = lambda body: body[:body.rindex(b"x-amz-checksum")]
        b.expect(streamed(b, PIECES, kind, SUM, signed_chunks=signs, alter=cut), 400, "IncompleteBody")
        b.expect(b.ask("GET", "k"), 404, "NoSuchKey")
        b.expect(streamed(b, PIECES, kind, SUM, signed_chunks=signs, x_amz_sdk_checksum_algorithm="CRC32"), 200)
    what_is_no_trailer.__name__ += "_signed" if signs else "_unsigned"
    case("Streaming")(what_is_no_trailer)


@case("Streaming")
def a_trailer_that_was_changed(b):
    kind, _ = KINDS[1]
    name, value = header("crc32"), doors.checksum("crc32", b"other")
    changes = (lambda body: body.replace(SUM[name].encode(), value.encode()),
               lambda body: body[:-8] + b"0000\r\n\r\n")
    for change in changes:
        b.expect(streamed(b, PIECES, kind, SUM, alter=change), 403, "SignatureDoesNotMatch")
    without = lambda body: body[:body.index(b"x-amz-trailer-signature")] + b"\r\n"
    b.expect(streamed(b, PIECES, kind, SUM, alter=without), 400)
    b.expect(b.ask("GET", "k"), 404, "NoSuchKey")


@case("PutObject")
def one_checksum_and_the_algorithm_it_is_of(b):
    for more in (OTHER, {"x_amz_sdk_checksum_algorithm": "SHA1"}, {"x_amz_sdk_checksum_algorithm": "NONSENSE"}):
        b.expect(b.ask("PUT", "k", body=WHOLE, **SUM, **more), 400, "InvalidRequest")
    b.expect(b.ask("GET", "k"), 404, "NoSuchKey")
    b.expect(b.ask("PUT", "k", body=WHOLE, **SUM, x_amz_sdk_checksum_algorithm="CRC32"), 200)


@case("GetObject")
def a_range_has_no_checksum(b):
    b.put("k", WHOLE, **SUM)
    for asked in ("bytes=0-0", "bytes=1-", "bytes=-5"):
        b.expect(b.ask("GET", "k", range=asked, x_amz_checksum_mode="ENABLED"), 206, x_amz_checksum_crc32=None)


@case("ListObjects")
def checksums_are_named(b):
    b.put("k", **{header("sha1"): doors.checksum("sha1", b"content")})
    for query, entry in (("", "Contents"), ("list-type=2", "Contents"), ("versions", "Version")):
        page = b.ask("GET", query=query)
        b.same((page.one(f"{entry}/ChecksumAlgorithm"), page.one(f"{entry}/ChecksumType")), ("SHA1", "FULL_OBJECT"), query)


@case("PutObject")
def sdk_algorithm_without_a_checksum(b):
    b.expect(b.ask("PUT", "k", body=b"content", x_amz_sdk_checksum_algorithm="CRC32"), 400, "InvalidRequest")


@case("PutObject")
def a_checksum_of_no_algorithm(b):
    b.expect(b.ask("PUT", "k", body=b"content", x_amz_checksum_nonsense="AAAA"), 400, "InvalidRequest")


for kind, signs in KINDS:
    def trailers_that_are_not_those_announced(b, kind=kind, signs=signs):
        for trailer, named in ((OTHER, "x-amz-checksum-crc32"), (None, "x-amz-checksum-crc32")):
            b.expect(streamed(b, PIECES, kind, trailer, signed_chunks=signs, x_amz_trailer=named), 400, "MalformedTrailerError")
    trailers_that_are_not_those_announced.__name__ += "_signed" if signs else ""
    case("Streaming")(trailers_that_are_not_those_announced)
