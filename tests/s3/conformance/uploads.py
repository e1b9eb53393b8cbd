"""Uploads in parts."""

import base64
import hashlib

import door as doors
from suite import case

FIRST = hashlib.shake_128(b"first").digest(5 << 20)
LAST = b"the last part"


def create(b, key="k", **headers):
    return b.expect(b.ask("POST", key, "uploads", **headers), 200).one("UploadId")


def part(b, upload, number, body, key="k", **headers):
    return b.expect(b.ask("PUT", key, f"partNumber={number}&uploadId={upload}", body, **headers), 200).headers["etag"]


def document(parts):
    return "<CompleteMultipartUpload>" + "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag>{more}</Part>"
        for number, tag, more in ((each + ("",))[:3] for each in parts)) + "</CompleteMultipartUpload>"


def complete(b, upload, parts, key="k", **headers):
    return b.ask("POST", key, f"uploadId={upload}", document(parts), **headers)


def etag_of(*bodies):
    digest = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies)).hexdigest()
    return f'"{digest}-{len(bodies)}"'


@case("CompleteMultipartUpload")
def whole_and_again(b):
    upload = create(b, content_type="a/b", x_amz_meta_m="1", x_amz_tagging="t=1")
    b.expect(b.ask("GET", "k"), 404, "NoSuchKey")
    parts = [(1, part(b, upload, 1, FIRST)), (2, part(b, upload, 2, LAST))]
    done = b.expect(complete(b, upload, parts), 200)
    b.same(done.one("ETag"), etag_of(FIRST, LAST))
    b.same(done.one("Location").endswith(b.path("k")), True, "location")
    got = b.expect(b.ask("GET", "k"), 200, etag=etag_of(FIRST, LAST), content_type="a/b", x_amz_meta_m="1",
                   x_amz_tagging_count="1")
    b.same(got.body == FIRST + LAST, True, "the bytes")
    b.expect(complete(b, upload, parts), 200)
    b.expect(b.ask("GET", "k", f"uploadId={upload}"), 404, "NoSuchUpload")
    b.expect(b.ask("HEAD", "k", "partNumber=2"), 206, content_length=str(len(LAST)), x_amz_mp_parts_count="2")
    b.same(b.ask("GET", "k", "partNumber=2").body, LAST)
    told = b.ask("GET", "k", "attributes", x_amz_object_attributes="ObjectParts,ObjectSize")
    b.same(told.one("ObjectParts/PartsCount"), "2")


@case("CompleteMultipartUpload")
def conditions_of_what_it_replaces(b):
    tag = b.put("k", b"old").headers["etag"]
    upload = create(b)
    parts = [(1, part(b, upload, 1, LAST))]
    for condition in ({"if_match": '"no"'}, {"if_none_match": "*"}):
        b.expect(complete(b, upload, parts, **condition), 412, "PreconditionFailed")
    b.same(b.ask("GET", query="uploads").all("Upload/UploadId"), [upload], "it can be completed yet")
    b.expect(complete(b, upload, parts, if_match=tag), 200)
    b.same(b.ask("GET", "k").body, LAST)
    upload = create(b, "new")
    parts = [(1, part(b, upload, 1, LAST, key="new"))]
    b.expect(complete(b, upload, parts, "new", if_match=tag), 404, "NoSuchKey")
    b.expect(complete(b, upload, parts, "new", if_none_match="*"), 200)


@case("CompleteMultipartUpload")
def what_is_wrong_with_the_list(b):
    upload = create(b)
    one, two = part(b, upload, 1, FIRST), part(b, upload, 2, LAST)
    b.expect(complete(b, upload, [(2, two), (1, one)]), 400, "InvalidPartOrder")
    b.expect(complete(b, upload, [(1, two)]), 400, "InvalidPart")
    b.expect(complete(b, upload, [(1, one), (3, two)]), 400, "InvalidPart")
    b.expect(complete(b, upload, []), 400, "MalformedXML")
    b.expect(b.ask("POST", "k", f"uploadId={upload}", "<x"), 400, "MalformedXML")
    small = part(b, upload, 1, b"small")
    b.expect(complete(b, upload, [(1, small), (2, two)]), 400, "EntityTooSmall")
    b.expect(complete(b, "nonsense", [(1, one)]), 404, "NoSuchUpload")
    b.expect(complete(b, upload, [(2, two)], x_amz_mp_object_size="1"), 400, "InvalidRequest")
    b.expect(complete(b, upload, [(2, two)], x_amz_mp_object_size=str(len(LAST))), 200)
    b.same(b.ask("GET", "k").body, LAST)


@case("CompleteMultipartUpload")
def conditions(b):
    b.put("k")
    upload = create(b)
    one = part(b, upload, 1, LAST)
    b.expect(complete(b, upload, [(1, one)], if_none_match="*"), 412, "PreconditionFailed")
    b.expect(complete(b, upload, [(1, one)], if_match='"no"'), 412, "PreconditionFailed")
    b.expect(complete(b, upload, [(1, one)], if_match=doors.etag(b"content")), 200)


for algorithm in doors.CHECKSUMS:
    for kind in ("COMPOSITE", "FULL_OBJECT"):
        def sums(b, algorithm=algorithm, kind=kind):
            header, name = f"x-amz-checksum-{algorithm}", f"Checksum{algorithm.upper()}"
            asked = {"x_amz_checksum_algorithm": algorithm.upper(), "x_amz_checksum_type": kind}
            impossible = (kind == "COMPOSITE" and algorithm == "crc64nvme") or \
                (kind == "FULL_OBJECT" and algorithm.startswith("sha"))
            if impossible:
                b.expect(b.ask("POST", "k", "uploads", **asked), 400, "InvalidRequest")
                return
            bodies = (FIRST[:5 << 20], LAST) if algorithm not in ("crc32c", "crc64nvme") else (LAST,)
            upload = create(b, **asked)
            parts, values = [], []
            for number, body in enumerate(bodies, 1):
                value = doors.checksum(algorithm, body)
                tag = part(b, upload, number, body, **{header: value})
                parts.append((number, tag, f"<{name}>{value}</{name}>"))
                values.append(base64.b64decode(value))
            if kind == "COMPOSITE":
                wanted = doors.checksum(algorithm, b"".join(values)) + f"-{len(bodies)}"
            else:
                wanted = doors.checksum(algorithm, b"".join(bodies))
            wrong = [(number, tag, f"<{name}>{doors.checksum(algorithm, b'other')}</{name}>") for number, tag, _ in parts]
            b.expect(complete(b, upload, wrong), 400)
            done = b.expect(complete(b, upload, parts), 200)
            b.same(done.one(name), wanted)
            b.same(done.one("ChecksumType"), kind)
            b.expect(b.ask("HEAD", "k", x_amz_checksum_mode="ENABLED"), 200, **{header: wanted})
        sums.__name__ = f"{kind.lower()}_{algorithm}"
        case("CompleteMultipartUpload")(sums)


@case("UploadPart")
def parts_and_their_errors(b):
    upload = create(b)
    part(b, upload, 1, b"one")
    b.same(part(b, upload, 1, b"again"), doors.etag(b"again"))
    part(b, upload, 10000, b"last")
    for number in ("0", "10001", "x", "-1"):
        b.expect(b.ask("PUT", "k", f"partNumber={number}&uploadId={upload}", b"x"), 400, "InvalidArgument")
    b.expect(b.ask("PUT", "k", "partNumber=1&uploadId=nonsense", b"x"), 404, "NoSuchUpload")
    b.expect(b.ask("PUT", "other", f"partNumber=1&uploadId={upload}", b"x"), 404, "NoSuchUpload")
    b.expect(b.ask("PUT", "k", f"partNumber=2&uploadId={upload}", b"x", content_md5=doors.md5(b"y")), 400, "BadDigest")
    b.same(b.ask("GET", "k", f"uploadId={upload}").all("Part/PartNumber"), ["1", "10000"])


@case("ListParts")
def pages(b):
    upload = create(b)
    for number in range(1, 8):
        part(b, upload, number, b"x" * number)
    found, marker = [], "0"
    while True:
        page = b.expect(b.ask("GET", "k", f"uploadId={upload}&max-parts=3&part-number-marker={marker}"), 200)
        found += list(zip(page.all("Part/PartNumber"), page.all("Part/Size")))
        marker = page.one("NextPartNumberMarker")
        if page.one("IsTruncated") == "false":
            break
    b.same(found, [(str(i), str(i)) for i in range(1, 8)])
    b.expect(b.ask("GET", "k", f"uploadId={upload}&max-parts=x"), 400, "InvalidArgument")


@case("AbortMultipartUpload")
def is_gone(b):
    upload = create(b)
    part(b, upload, 1, b"x")
    b.expect(b.ask("DELETE", "k", f"uploadId={upload}"), 204)
    b.expect(b.ask("DELETE", "k", f"uploadId={upload}"), 404, "NoSuchUpload")
    b.expect(b.ask("PUT", "k", f"partNumber=1&uploadId={upload}", b"x"), 404, "NoSuchUpload")
    b.expect(b.ask("GET", "k", f"uploadId={upload}"), 404, "NoSuchUpload")


@case("ListMultipartUploads")
def pages_and_prefixes(b):
    uploads = [(key, create(b, key)) for key in ("a/1", "a/1", "a/2", "b", "c")]
    found, key, upload = [], "", ""
    while True:
        page = b.expect(b.ask("GET", query=f"uploads&max-uploads=2&key-marker={key}&upload-id-marker={upload}"), 200)
        found += list(zip(page.all("Upload/Key"), page.all("Upload/UploadId")))
        key, upload = page.one("NextKeyMarker"), page.one("NextUploadIdMarker")
        if page.one("IsTruncated") == "false":
            break
    b.same(sorted(found), sorted(uploads))
    page = b.ask("GET", query="uploads&max-uploads=1")
    key, upload = page.one("NextKeyMarker"), page.one("NextUploadIdMarker")
    b.expect(b.ask("DELETE", key, f"uploadId={upload}"), 204)
    rest = b.expect(b.ask("GET", query=f"uploads&key-marker={key}&upload-id-marker={upload}"), 200)
    b.same(rest.all("Upload/Key"), ["a/1", "a/2", "b", "c"], "behind one that was aborted meanwhile")
    folded = b.ask("GET", query="uploads&delimiter=/")
    b.same((folded.all("Upload/Key"), folded.all("CommonPrefixes/Prefix")), (["b", "c"], ["a/"]))
    b.same(b.ask("GET", query="uploads&prefix=a/").all("Upload/Key"), ["a/1", "a/2"])


@case("UploadPartCopy")
def whole_and_ranges(b):
    b.put("source", FIRST)
    upload = create(b)
    source = {"x_amz_copy_source": b.path("source")}
    query = f"partNumber={{}}&uploadId={upload}"
    whole = b.expect(b.ask("PUT", "k", query.format(1), **source), 200)
    b.same(whole.one("ETag"), doors.etag(FIRST))
    some = b.expect(b.ask("PUT", "k", query.format(2), **source, x_amz_copy_source_range="bytes=3-9"), 200)
    for bad in ("0-2", "bytes=0", "bytes=x-y", "bytes=0-2,3-5", "bytes=5-"):
        b.expect(b.ask("PUT", "k", query.format(3), **source, x_amz_copy_source_range=bad), 400, "InvalidArgument")
    most = 2**64 - 1
    for outside in ("bytes=0-99999999", f"bytes=0-{most}", f"bytes={most}-{most}"):
        b.expect(b.ask("PUT", "k", query.format(3), **source, x_amz_copy_source_range=outside), 416, "InvalidRange")
    b.expect(b.ask("PUT", "k", query.format(3), x_amz_copy_source=b.path("nosuch")), 404, "NoSuchKey")
    b.expect(b.ask("PUT", "k", query.format(3), **source, x_amz_copy_source_if_match='"no"'), 412, "PreconditionFailed")
    b.expect(b.ask("PUT", "k", query.format(3), **source, x_amz_copy_source_if_none_match=doors.etag(FIRST)), 412, "PreconditionFailed")
    b.expect(complete(b, upload, [(1, whole.one("ETag")), (2, some.one("ETag"))]), 200)
    b.same(b.ask("GET", "k").body == FIRST + FIRST[3:10], True, "the bytes")


@case("UploadPart")
def without_its_upload(b):
    b.put("k", b"whole")
    b.expect(b.ask("PUT", "k", "partNumber=1", b"part"), 400, "InvalidArgument")
    b.same(b.ask("GET", "k").body, b"whole")


@case("GetObject")
def the_checksum_of_a_part(b):
    upload, parts = create(b, x_amz_checksum_algorithm="SHA256"), []
    for number, body in enumerate((FIRST, LAST), 1):
        value = doors.checksum("sha256", body)
        parts.append((number, part(b, upload, number, body, x_amz_checksum_sha256=value), f"<ChecksumSHA256>{value}</ChecksumSHA256>"))
    b.expect(complete(b, upload, parts), 200)
    b.expect(b.ask("HEAD", "k", "partNumber=2", x_amz_checksum_mode="ENABLED"), 206,
             x_amz_checksum_sha256=doors.checksum("sha256", LAST))


@case("CompleteMultipartUpload")
def needs_the_checksums_of_a_composite(b):
    upload = create(b, x_amz_checksum_algorithm="SHA256")
    tag = part(b, upload, 1, LAST, x_amz_checksum_sha256=doors.checksum("sha256", LAST))
    b.expect(complete(b, upload, [(1, tag)]), 400, "InvalidRequest")


@case("ListParts")
def names_the_type_of_checksums(b):
    upload = create(b, x_amz_checksum_algorithm="CRC32", x_amz_checksum_type="FULL_OBJECT")
    page = b.ask("GET", "k", f"uploadId={upload}")
    b.same((page.one("ChecksumAlgorithm"), page.one("ChecksumType")), ("CRC32", "FULL_OBJECT"))


@case("ListMultipartUploads")
def names_checksums(b):
    create(b, x_amz_checksum_algorithm="CRC32", x_amz_checksum_type="FULL_OBJECT")
    page = b.ask("GET", query="uploads")
    b.same((page.one("Upload/ChecksumAlgorithm"), page.one("Upload/ChecksumType")), ("CRC32", "FULL_OBJECT"))


@case("ListMultipartUploads")
def a_marker_that_is_none(b):
    b.expect(b.ask("GET", query="uploads&key-marker=k&upload-id-marker=nonsense"), 400, "InvalidArgument")


@case("UploadPart")
def the_checksum_of_its_upload(b):
    upload = create(b, x_amz_checksum_algorithm="SHA256")
    ask = lambda **more: b.ask("PUT", "k", f"partNumber=1&uploadId={upload}", LAST, **more)
    b.expect(ask(x_amz_checksum_crc32=doors.checksum("crc32", LAST)), 400, "InvalidRequest")
    b.expect(ask(x_amz_checksum_sha256=doors.checksum("sha256", LAST)), 200)


@case("CompleteMultipartUpload")
def what_is_said_of_checksums(b):
    upload = create(b, x_amz_checksum_algorithm="CRC32")
    value, other = doors.checksum("crc32", LAST), doors.checksum("crc32", FIRST)
    tag = part(b, upload, 1, LAST, x_amz_checksum_crc32=value)
    named = lambda value: [(1, tag, f"<ChecksumCRC32>{value}</ChecksumCRC32>")]
    for kind in ("FULL_OBJECT", "NONSENSE"):
        b.expect(complete(b, upload, named(value), x_amz_checksum_type=kind), 400, "InvalidRequest")
    b.expect(complete(b, upload, named(other)), 400, "InvalidPart")
    b.expect(complete(b, upload, named(value), x_amz_checksum_crc32=f"{value}-2"), 400, "InvalidRequest")
    b.expect(complete(b, upload, named(value), x_amz_checksum_type="COMPOSITE"), 200)
