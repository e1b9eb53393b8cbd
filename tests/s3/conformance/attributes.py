"""What an object's attributes are, each by itself and its parts in pages."""

import door as doors
from suite import case
from uploads import FIRST, LAST, complete, create, etag_of, part
from versions import enable, version

EVERYTHING = "ETag,Checksum,ObjectParts,StorageClass,ObjectSize"
BODIES = (FIRST, FIRST[::-1], LAST)


def ask(b, wanted, key="k", query="", door=None, **headers):
    return b.ask("GET", key, "attributes" + query, door=door, x_amz_object_attributes=wanted, **headers)


def in_parts(b, algorithm=None):
    """k in three parts; what Checksum/… is told for it, and for each of its parts."""
    asked = {"x_amz_checksum_algorithm": algorithm.upper()} if algorithm else {}
    upload, parts, sums = create(b, **asked), [], []
    for number, body in enumerate(BODIES, 1):
        sums.append(doors.checksum(algorithm, body) if algorithm else None)
        name = f"Checksum{algorithm.upper()}" if algorithm else ""
        own = {f"x-amz-checksum-{algorithm}": sums[-1]} if algorithm else {}
        parts.append((number, part(b, upload, number, body, **own), f"<{name}>{sums[-1]}</{name}>" if algorithm else ""))
    b.expect(complete(b, upload, parts), 200)
    if not algorithm:
        return None, sums
    return doors.checksum(algorithm, b"".join(doors.CHECKSUMS[algorithm](body) for body in BODIES)), sums


@case("GetObjectAttributes")
def each_by_itself_and_all(b):
    b.put("k", x_amz_checksum_sha256=doors.checksum("sha256", b"content"))
    told = {"ETag": ("ETag", doors.etag(b"content")[1:-1]), "ObjectSize": ("ObjectSize", "7"),
            "StorageClass": ("StorageClass", "STANDARD"),
            "Checksum": ("Checksum/ChecksumSHA256", doors.checksum("sha256", b"content"))}
    for name, (path, value) in told.items():
        alone = b.expect(ask(b, name), 200)
        b.same(([each.tag for each in alone.xml()], alone.one(path)), ([name], value), name)
    together = b.expect(ask(b, EVERYTHING), 200, last_modified=b.ask("HEAD", "k").headers["last-modified"])
    b.same({each.tag for each in together.xml()}, set(told), "an object that was put whole has no parts")
    b.same({name: together.one(path) for name, (path, _) in told.items()}, {name: value for name, (_, value) in told.items()})
    b.same(together.one("Checksum/ChecksumType"), "FULL_OBJECT")
    b.same([each.tag for each in ask(b, "ETag, ObjectSize").xml()], ["ETag", "ObjectSize"], "with a blank")


@case("GetObjectAttributes")
def of_an_upload_in_parts(b):
    whole, sums = in_parts(b, "sha256")
    told = b.expect(ask(b, EVERYTHING), 200)
    b.same((told.one("ETag"), told.one("ObjectSize")), (etag_of(*BODIES)[1:-1], str(sum(map(len, BODIES)))))
    b.same((told.one("Checksum/ChecksumSHA256"), told.one("Checksum/ChecksumType")), (whole, "COMPOSITE"))
    b.same([(each.findtext("PartNumber"), each.findtext("Size"), each.findtext("ChecksumSHA256"))
            for each in told.xml().findall("ObjectParts/Part")],
           [(str(number), str(len(body)), value) for number, body, value in zip((1, 2, 3), BODIES, sums)])
    b.same([each.tag for each in ask(b, "ObjectParts").xml()], ["ObjectParts"], "parts alone")


@case("GetObjectAttributes")
def parts_without_checksums_are_a_number(b):
    in_parts(b)
    told = b.expect(ask(b, "ObjectParts,Checksum"), 200)
    b.same((told.one("ObjectParts/PartsCount"), told.all("ObjectParts/Part"), told.one("Checksum")), ("3", [], None))


@case("GetObjectAttributes")
def pages_of_parts(b):
    in_parts(b, "sha256")
    for size in (1, 2, 3, 4, 1000):
        found, marker = [], "0"
        for _ in range(3):
            page = b.expect(ask(b, "ObjectParts", x_amz_max_parts=str(size), x_amz_part_number_marker=marker), 200)
            b.same([page.one(f"ObjectParts/{name}") for name in ("PartsCount", "MaxParts", "PartNumberMarker")],
                   ["3", str(size), marker], "what was asked for")
            found += page.all("ObjectParts/Part/PartNumber")
            marker = page.one("ObjectParts/NextPartNumberMarker")
            b.same(marker, found[-1], "the next marker")
            more = page.one("ObjectParts/IsTruncated")
            if more == "false":
                break
        b.same((found, more), (["1", "2", "3"], "false"), f"pages of {size}")
    beyond = b.expect(ask(b, "ObjectParts", x_amz_part_number_marker="3"), 200)
    b.same((beyond.one("ObjectParts/PartsCount"), beyond.all("ObjectParts/Part")), ("3", []), "behind the last")


@case("GetObjectAttributes")
def what_is_none(b):
    b.put("k")
    for wanted in ("Nonsense", "ETag,Nonsense", "Versions"):
        b.expect(ask(b, wanted), 400, "InvalidArgument")
    b.expect(ask(b, ""), 400)
    b.expect(b.ask("GET", "k", "attributes"), 400)
    for name in ("x_amz_max_parts", "x_amz_part_number_marker"):
        for number in ("x", "-1", "1.5"):
            b.expect(ask(b, "ObjectParts", **{name: number}), 400, "InvalidArgument")
    b.expect(ask(b, "ETag", key="nosuch"), 404, "NoSuchKey")
    b.expect(b.ask("GET", "k", "attributes", bucket=doors.random_name(), x_amz_object_attributes="ETag"), 404, "NoSuchBucket")


@case("GetObjectAttributes")
def of_versions(b):
    enable(b)
    ids = [version(b.put("k", b"x" * size)) for size in (1, 2)]
    for size, id_ in enumerate(ids, 1):
        told = b.expect(ask(b, "ObjectSize", query=f"&versionId={id_}"), 200, x_amz_version_id=id_, x_amz_delete_marker=None)
        b.same(told.one("ObjectSize"), str(size))
    b.expect(ask(b, "ObjectSize"), 200, x_amz_version_id=ids[-1])
    b.expect(ask(b, "ObjectSize", query="&versionId=null"), 404, "NoSuchVersion")
    b.expect(ask(b, "ObjectSize", query="&versionId=nonsense"), 400, "InvalidArgument")
    marker = version(b.ask("DELETE", "k"))
    b.expect(ask(b, "ObjectSize"), 404, "NoSuchKey", x_amz_delete_marker="true")
    b.expect(ask(b, "ObjectSize", query=f"&versionId={marker}"), 405, "MethodNotAllowed", x_amz_delete_marker="true")


@case("GetObjectAttributes")
def not_for_strangers(b):
    b.put("k")
    b.expect(b.door.anonymous("GET", b.path("k"), "attributes", {"x-amz-object-attributes": "ETag"}), 403, "AccessDenied")
    b.need(b.other, "--other-access-key")
    b.expect(ask(b, "ETag", door=b.other), 403, "AccessDenied")


@case("GetObjectAttributes")
def a_page_behind_the_last(b):
    upload = create(b, x_amz_checksum_algorithm="SHA256")
    value = doors.checksum("sha256", LAST)
    tag = part(b, upload, 1, LAST, x_amz_checksum_sha256=value)
    b.expect(complete(b, upload, [(1, tag, f"<ChecksumSHA256>{value}</ChecksumSHA256>")]), 200)
    told = b.ask("GET", "k", "attributes", x_amz_object_attributes="ObjectParts", x_amz_part_number_marker="1")
    b.same((told.one("ObjectParts/IsTruncated"), told.one("ObjectParts/PartNumberMarker")), ("false", "1"))
