"""ACLs of objects: those of their bucket, and what else may be said about them."""

import door as doors
from signatures import form
from suite import case
from versions import enable, version

EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"
KEYS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
SCHEMA = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def open_bucket(b, acl):
    b.expect(b.ask("PUT", query="acl", x_amz_acl=acl), 200)


def owner(b):
    return b.ask("GET", query="acl").one("Owner/ID")


def document(owner_id, *grants):
    """Each grant is who has it and what it allows; who is no URI is a user."""
    text = ""
    for who, permission in grants:
        kind, name = ("Group", "URI") if who.startswith("http") else ("CanonicalUser", "ID")
        text += (f'<Grant><Grantee {SCHEMA} xsi:type="{kind}"><{name}>{who}</{name}></Grantee>'
                 f"<Permission>{permission}</Permission></Grant>")
    return (f"<AccessControlPolicy><Owner><ID>{owner_id}</ID></Owner><AccessControlList>{text}</AccessControlList>"
            "</AccessControlPolicy>")


def grants(answer):
    return [(each.findtext("Grantee/ID") or each.findtext("Grantee/URI"), each.findtext("Permission"))
            for each in answer.xml().findall("AccessControlList/Grant")]


for acl, more in (("private", []), ("public-read", [(EVERYBODY, "READ")]), ("public-read-write", [(EVERYBODY, "READ")])):
    def theirs(b, acl=acl, more=more):
        open_bucket(b, acl)
        b.put("k")
        told = b.expect(b.ask("GET", "k", "acl"), 200)
        b.same((told.xml().tag, told.one("Owner/ID")), ("AccessControlPolicy", owner(b)))
        b.same(grants(told), [(owner(b), "FULL_CONTROL"), *more])
        b.expect(b.door.anonymous("GET", b.path("k")), 200 if more else 403)
    theirs.__name__ = f"in_a_bucket_that_is_{acl.replace('-', '_')}"
    case("GetObjectAcl")(theirs)


def ways(b, acl):
    """Each request that gives an object an ACL; which of them was refused leaves nothing."""
    b.put("k", b"content")
    header = {"x_amz_acl": acl}
    return {"PutObjectAcl": b.ask("PUT", "k", "acl", **header),
            "PutObject": b.ask("PUT", "new", body=b"content", **header),
            "CopyObject": b.ask("PUT", "copied", x_amz_copy_source=b.path("k"), **header),
            "CreateMultipartUpload": b.ask("POST", "parts", "uploads", **header),
            "PostObject": form(b, fields={"acl": acl})}


# What is refused is what docs/s3.md names; S3 answers the same where a bucket enforces its owner.
for acl, status, code in (("private", 200, None), ("bucket-owner-full-control", 200, None),
                          ("public-read", 400, "AccessControlListNotSupported"),
                          ("public-read-write", 400, "AccessControlListNotSupported"),
                          ("authenticated-read", 501, "NotImplemented"), ("aws-exec-read", 501, "NotImplemented"),
                          ("nonsense", 400, "InvalidArgument")):
    def canned(b, acl=acl, status=status, code=code):
        for name, answer in ways(b, acl).items():
            b.expect(answer, 204 if (name, status) == ("PostObject", 200) else status, code)
        b.same(grants(b.ask("GET", "k", "acl")), [(owner(b), "FULL_CONTROL")])
        made = ["copied", "form/k", "k", "new"] if status == 200 else ["k"]
        b.same((b.ask("GET").all("Contents/Key"), b.ask("GET", query="uploads").all("Upload/Key")),
               (made, ["parts"] if status == 200 else []))
    canned.__name__ = f"canned_{acl.replace('-', '_')}"
    case("PutObjectAcl")(canned)


@case("PutObjectAcl")
def public_where_the_bucket_is(b):
    open_bucket(b, "public-read")
    for name, answer in ways(b, "public-read").items():
        b.expect(answer, 204 if name == "PostObject" else 200)
    for key in ("k", "new", "copied", "form/k"):
        b.expect(b.door.anonymous("GET", b.path(key)), 200)


@case("PutObjectAcl")
def with_a_body(b):
    b.put("k")
    mine = owner(b)
    full = (mine, "FULL_CONTROL")
    b.expect(b.ask("PUT", "k", "acl", document(mine, full)), 200)
    for who, permission, status, code in ((EVERYBODY, "READ", 400, "AccessControlListNotSupported"),
                                          (EVERYBODY, "WRITE", 400, "AccessControlListNotSupported"),
                                          (EVERYBODY, "READ_ACP", 501, "NotImplemented"),
                                          (KEYS, "READ", 501, "NotImplemented"),
                                          ("another", "READ", 501, "NotImplemented")):
        b.expect(b.ask("PUT", "k", "acl", document(mine, full, (who, permission))), status, code)
    b.same(grants(b.ask("GET", "k", "acl")), [full])
    told = b.ask("GET", "k", "acl").body
    b.expect(b.ask("PUT", "k", "acl", told), 200)
    open_bucket(b, "public-read")
    b.expect(b.ask("PUT", "k", "acl", document(mine, full, (EVERYBODY, "READ"))), 200)


@case("PutObjectAcl")
def none_and_one_by_grants(b):
    b.put("k")
    b.expect(b.ask("PUT", "k", "acl"), 400, "MissingSecurityHeader")
    for header in ("x_amz_grant_read", "x_amz_grant_full_control", "x_amz_grant_read_acp", "x_amz_grant_write_acp"):
        refused = b.expect(b.ask("PUT", "k", "acl", **{header: f'uri="{EVERYBODY}"'}), 501, "NotImplemented")
        b.same(header.replace("_", "-") in refused.one("Message"), True, header)


for method, operation in (("GET", "GetObjectAcl"), ("PUT", "PutObjectAcl")):
    def ask(b, key="k", query="acl", method=method, **more):
        return b.ask(method, key, query, **more, **({"x_amz_acl": "private"} if method == "PUT" else {}))

    def of_what_is_not_there(b, ask=ask):
        b.expect(ask(b, "nosuch"), 404, "NoSuchKey")
        b.expect(ask(b, bucket=doors.random_name()), 404, "NoSuchBucket")
        b.put("k")
        b.expect(ask(b, query="acl&versionId=nonsense"), 400, "InvalidArgument")

    def of_versions(b, ask=ask, operation=operation):
        enable(b)
        ids = [version(b.put("k", body)) for body in (b"1", b"2")]
        for id_ in ids:
            told = {"x_amz_version_id": id_} if operation == "GetObjectAcl" else {}
            b.expect(ask(b, query=f"acl&versionId={id_}"), 200, **told)
        marker = version(b.ask("DELETE", "k"))
        b.expect(ask(b), 404, "NoSuchKey")
        b.expect(ask(b, query=f"acl&versionId={marker}"), 405, "MethodNotAllowed")
        b.expect(ask(b, query="acl&versionId=null"), 404, "NoSuchVersion")

    def not_for_strangers(b, ask=ask, method=method):
        open_bucket(b, "public-read-write")
        b.put("k")
        b.expect(b.door.anonymous(method, b.path("k"), "acl", {"x-amz-acl": "private"}), 403, "AccessDenied")
        b.need(b.other, "--other-access-key")
        b.expect(ask(b, door=b.other), 403, "AccessDenied")

    for function in (of_what_is_not_there, of_versions, not_for_strangers):
        case(operation)(function)


@case("PutObjectAcl")
def what_is_no_acl(b):
    b.put("k")
    for body in ("x", "<AccessControlPolicy>", "<Other/>", "<AccessControlPolicy/>", document(owner(b), (owner(b), "NONSENSE"))):
        b.expect(b.ask("PUT", "k", "acl", body), 400, "MalformedACLError")


@case("PutObjectAcl")
def header_and_body(b):
    b.put("k")
    body = document(owner(b), (owner(b), "FULL_CONTROL"), (EVERYBODY, "READ"))
    b.expect(b.ask("PUT", "k", "acl", body, x_amz_acl="private"), 400, "UnexpectedContent")


@case("PutObjectAcl")
def another_owner(b):
    b.put("k")
    b.expect(b.ask("PUT", "k", "acl", document("nobody", (owner(b), "FULL_CONTROL"))), 403, "AccessDenied")
