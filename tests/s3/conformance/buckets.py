"""Buckets and what they carry."""

import json

import door as doors
from suite import case


@case("CreateBucket")
def is_there_then(b):
    b.expect(b.ask("HEAD"), 200, x_amz_bucket_region="us-east-1")


@case("CreateBucket")
def again_by_its_owner_changes_nothing(b):
    b.put("key")
    b.expect(b.ask("PUT"), 200)
    b.expect(b.ask("GET", "key"), 200)


@case("CreateBucket")
def with_a_location(b):
    body = "<CreateBucketConfiguration><LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>"
    b.expect(b.ask("PUT", bucket=doors.random_name(), body=body.format("moon-1")), 400, "InvalidLocationConstraint")


@case("CreateBucket")
def of_another_user(b):
    b.need(b.other, "--other-access-key")
    b.expect(b.ask("PUT", door=b.other), 409, "BucketAlreadyExists")


for bad in ("ab", "x" * 64, "Upper", "under_score", "192.168.1.1", "a..b", "a.-b", "a-.b", "-ab", "ab-"):
    def names(b, bad=bad):
        b.expect(b.ask("PUT", bucket=bad), 400, "InvalidBucketName")
    names.__name__ = f"refuses_the_name_{bad[:20]}"
    case("CreateBucket")(names)


@case("CreateBucket")
def malformed(b):
    b.expect(b.ask("PUT", bucket=doors.random_name(), body="<CreateBucketConfiguration>"), 400, "MalformedXML")


@case("HeadBucket")
def none(b):
    b.expect(b.ask("HEAD", bucket=doors.random_name()), 404)


@case("DeleteBucket")
def not_empty(b):
    b.put("key")
    b.expect(b.ask("DELETE"), 409, "BucketNotEmpty")
    b.expect(b.ask("DELETE", "key"), 204)
    b.expect(b.ask("DELETE"), 204)
    b.expect(b.ask("DELETE"), 404, "NoSuchBucket")


@case("ListBuckets")
def names_owner_and_pages(b):
    prefix = doors.random_name("page")
    names = [b.make(f"{prefix}-{i}") for i in range(3)]
    listed = b.expect(b.door.ask("GET", "/"), 200)
    b.same(bool(listed.one("Owner/ID")), True, "owner")
    b.same(set(names) <= set(listed.all("Buckets/Bucket/Name")), True, "all of them")
    found, token = [], ""
    b.expect(b.door.ask("GET", "/", "max-buckets=10001"), 400, "InvalidArgument")
    while True:
        page = b.expect(b.door.ask("GET", "/", f"max-buckets=2&prefix={prefix}"
                                   + (f"&continuation-token={doors.encode(token)}" if token else "")), 200)
        found += page.all("Buckets/Bucket/Name")
        token = page.one("ContinuationToken")
        if not token:
            break
    b.same(found, names, "pages")


@case("ListBuckets")
def not_for_nobody(b):
    b.expect(b.door.anonymous("GET", "/"), 403, "AccessDenied")


VERSIONING = "<VersioningConfiguration><Status>{}</Status></VersioningConfiguration>"


@case("PutBucketVersioning")
def enabled_suspended_and_never_gone(b):
    b.same(b.ask("GET", query="versioning").one("Status"), None, "never")
    for status in ("Enabled", "Suspended", "Enabled"):
        b.expect(b.ask("PUT", query="versioning", body=VERSIONING.format(status)), 200)
        b.same(b.ask("GET", query="versioning").one("Status"), status)
    b.expect(b.ask("PUT", query="versioning", body=VERSIONING.format("On")), 400, "MalformedXML")
    b.expect(b.ask("PUT", query="versioning", body="<VersioningConfiguration/>"), 400,
             "IllegalVersioningConfigurationException")


def tagging(pairs):
    return "<Tagging><TagSet>" + "".join(f"<Tag><Key>{k}</Key><Value>{v}</Value></Tag>" for k, v in pairs) \
        + "</TagSet></Tagging>"


@case("PutBucketTagging")
def there_and_back(b):
    b.expect(b.ask("GET", query="tagging"), 404, "NoSuchTagSet")
    b.expect(b.ask("PUT", query="tagging", body=tagging([("a", "1"), ("b", "2")])), 204)
    b.same(b.ask("GET", query="tagging").all("TagSet/Tag/Key"), ["a", "b"])
    b.expect(b.ask("PUT", query="tagging", body=tagging([(f"k{i}", "") for i in range(51)])), 400)
    b.expect(b.ask("PUT", query="tagging", body=tagging([("a", "1"), ("a", "2")])), 400, "InvalidTag")
    b.expect(b.ask("DELETE", query="tagging"), 204)
    b.expect(b.ask("GET", query="tagging"), 404, "NoSuchTagSet")


CORS = ("<CORSConfiguration><CORSRule><AllowedOrigin>{}</AllowedOrigin><AllowedMethod>{}</AllowedMethod>"
        "<AllowedHeader>x-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>5</MaxAgeSeconds>"
        "</CORSRule></CORSConfiguration>")


@case("PutBucketCors")
def preflight_and_answers(b):
    b.expect(b.ask("GET", query="cors"), 404, "NoSuchCORSConfiguration")
    ask = {"origin": "http://a.example.com", "access-control-request-method": "GET"}
    b.expect(b.door.anonymous("OPTIONS", b.path("k"), headers=ask), 403, "AccessForbidden")
    b.expect(b.ask("PUT", query="cors", body=CORS.format("http://*.example.com", "GET")), 200)
    b.same(b.ask("GET", query="cors").one("CORSRule/MaxAgeSeconds"), "5")
    b.expect(b.door.anonymous("OPTIONS", b.path("k"), headers=ask), 200,
             access_control_allow_origin="http://a.example.com", access_control_max_age="5")
    b.expect(b.door.anonymous("OPTIONS", b.path("k"), headers={**ask, "access-control-request-method": "PUT"}), 403)
    b.expect(b.door.anonymous("OPTIONS", b.path("k"), headers={**ask, "access-control-request-headers": "y-a"}), 403)
    b.expect(b.door.anonymous("OPTIONS", b.path("k")), 400)
    b.put("k")
    b.expect(b.ask("GET", "k", origin="http://a.example.com"), 200,
             access_control_allow_origin="http://a.example.com", access_control_expose_headers="ETag")
    b.expect(b.ask("GET", "k", origin="http://example.org"), 200, access_control_allow_origin=None)
    b.expect(b.door.anonymous("GET", b.path("k"), headers={"origin": "http://b.example.com"}), 403,
             access_control_allow_origin="http://b.example.com")
    b.expect(b.ask("PUT", query="cors", body=CORS.format("*a*", "GET")), 400, "InvalidRequest")
    b.expect(b.ask("PUT", query="cors", body=CORS.format("*", "PATCH")), 400, "InvalidRequest")
    b.expect(b.ask("DELETE", query="cors"), 204)
    b.expect(b.ask("GET", query="cors"), 404, "NoSuchCORSConfiguration")


@case("PutBucketAcl")
def canned(b):
    b.same(b.ask("GET", query="acl").all("AccessControlList/Grant/Permission"), ["FULL_CONTROL"])
    b.put("k")
    for acl, get, put in (("public-read", 200, 403), ("public-read-write", 200, 200), ("private", 403, 403)):
        b.expect(b.ask("PUT", query="acl", x_amz_acl=acl), 200)
        b.expect(b.door.anonymous("GET", b.path("k")), get)
        b.expect(b.door.anonymous("PUT", b.path("n")), put)
    b.expect(b.ask("PUT", query="acl", x_amz_acl="authenticated-read"), 501, "NotImplemented")
    b.expect(b.ask("PUT", query="acl", x_amz_acl="nonsense"), 400, "InvalidArgument")


def policy(bucket, actions, resources, effect="Allow", principal="*", **more):
    arn = f"arn:aws:s3:::{bucket}"
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Sid": "named", "Effect": effect, "Principal": principal, "Action": actions,
        "Resource": [arn + each for each in resources], **more}]})


@case("PutBucketPolicy")
def the_well_known_ones(b):
    b.expect(b.ask("GET", query="policy"), 404, "NoSuchBucketPolicy")
    b.put("k", b"for all")
    read = policy(b.bucket, ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject"], ["", "/*"])
    b.expect(b.ask("PUT", query="policy", body=read), 204)
    b.same(b.expect(b.door.anonymous("GET", b.path("k")), 200).body, b"for all")
    b.expect(b.door.anonymous("GET", b.path()), 200)
    b.expect(b.door.anonymous("PUT", b.path("n")), 403)
    b.same(json.loads(b.ask("GET", query="policy").body)["Version"], "2012-10-17")
    b.same(b.ask("GET", query="policyStatus").one("IsPublic"), "true")
    b.expect(b.ask("DELETE", query="policy"), 204)
    b.expect(b.door.anonymous("GET", b.path("k")), 403, "AccessDenied")


@case("PutBucketPolicy")
def others_are_refused_by_name(b):
    for other in (policy(b.bucket, ["s3:GetObject"], ["/*"], effect="Deny"),
                  policy(b.bucket, ["s3:*"], ["/*"]),
                  policy(b.bucket, ["s3:GetObject"], ["/*"], principal={"AWS": "arn:aws:iam::1:user/u"}),
                  policy(b.bucket, ["s3:GetObject"], ["/*"], Condition={})):
        refused = b.expect(b.ask("PUT", query="policy", body=other), 501, "NotImplemented")
        b.same("named" in refused.one("Message"), True, "the statement is named")
    b.expect(b.ask("PUT", query="policy", body="{"), 400, "MalformedPolicy")


for query, code in (("lifecycle", "NoSuchLifecycleConfiguration"), ("website", "NoSuchWebsiteConfiguration"),
                    ("encryption", "ServerSideEncryptionConfigurationNotFoundError"),
                    ("replication", "ReplicationConfigurationNotFoundError"),
                    ("object-lock", "ObjectLockConfigurationNotFoundError"),
                    ("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
                    ("ownershipControls", "OwnershipControlsNotFoundError")):
    def probe(b, query=query, code=code):
        b.expect(b.ask("GET", query=query), 404, code)
        refused = b.expect(b.ask("PUT", query=query, body="<X/>"), 501, "NotImplemented")
        b.same(query in refused.one("Message"), True, "it is named")
    probe.__name__ = f"there_is_no_{query}"
    case("Configuration")(probe)

for query, root in (("accelerate", "AccelerateConfiguration"), ("logging", "BucketLoggingStatus"),
                    ("notification", "NotificationConfiguration"), ("requestPayment", "RequestPaymentConfiguration")):
    def empty(b, query=query, root=root):
        b.same(b.expect(b.ask("GET", query=query), 200).xml().tag, root)
    empty.__name__ = f"an_empty_{query}"
    case("Configuration")(empty)


@case("Bucket")
def expected_owner(b):
    b.expect(b.ask("GET", x_amz_expected_bucket_owner="123456789012"), 403, "AccessDenied")


@case("CORS")
def a_preflight_is_for_another_request(b):
    """Of any parameters, and without the signature that the other has."""
    rules = "<CORSConfiguration><CORSRule><AllowedOrigin>https://a.example</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>"
    b.expect(b.ask("PUT", query="cors", body=rules), 200)
    asks = {"origin": "https://a.example", "access-control-request-method": "PUT"}
    signed = b.door.signer.presign("PUT", b.door.host, b.path("k"))
    for key in ("k", ""):
        for query in ("", "uploads", "partNumber=1&uploadId=x", "tagging", "acl", "delete", "versionId=", "nonsense", signed, signed[:-3]):
            got = b.expect(b.door.anonymous("OPTIONS", b.path(key) if key else b.path(), query, asks), 200)
            b.same(got.headers.get("access-control-allow-origin"), "https://a.example", query)
    b.expect(b.door.anonymous("OPTIONS", b.path("k"), "", {**asks, "access-control-request-method": "FOO"}), 400, "BadRequest")
    b.expect(b.door.anonymous("OPTIONS", b.path("k"), "", {**asks, "access-control-request-method": "GET"}), 403, "AccessForbidden")
    refused = b.expect(b.door.anonymous("PUT", b.path("k"), signed[:-3], {"origin": "https://a.example"}), 403)
    b.same(refused.headers.get("access-control-allow-origin"), "https://a.example", "the page sees why")


@case("DeleteBucket")
def takes_unfinished_uploads_with_it(b):
    for key in ("a", "b"):
        b.expect(b.ask("POST", key, "uploads"), 200)
    b.put("k")
    b.expect(b.ask("DELETE"), 409, "BucketNotEmpty")
    b.same(b.ask("GET", query="uploads").all("Upload/Key"), ["a", "b"])
    b.expect(b.ask("DELETE", "k"), 204)
    b.expect(b.ask("DELETE"), 204)
    b.expect(b.ask("PUT"), 200)
    b.same(b.ask("GET", query="uploads").all("Upload/Key"), [])


@case("CreateBucket")
def ownership(b):
    b.expect(b.ask("DELETE"), 204)
    b.expect(b.ask("PUT", x_amz_object_ownership="Nonsense"), 400, "InvalidArgument")
    b.expect(b.ask("PUT", x_amz_object_ownership="ObjectWriter"), 501, "NotImplemented")
    b.expect(b.ask("PUT", x_amz_object_ownership="BucketOwnerEnforced", x_amz_acl="public-read"), 400, "InvalidBucketAclWithObjectOwnership")
    b.expect(b.ask("PUT", x_amz_object_ownership="BucketOwnerEnforced"), 200)


@case("PutBucketPolicy")
def of_a_version_that_is_none(b):
    read = policy(b.bucket, ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject"], ["", "/*"])
    b.expect(b.ask("PUT", query="policy", body=read.replace("2012-10-17", "2020-10-17")), 400, "MalformedPolicy")


@case("Configuration")
def deleted_where_there_is_none(b):
    for query in ("lifecycle", "encryption", "website", "replication", "publicAccessBlock", "ownershipControls"):
        b.expect(b.ask("DELETE", query=query), 204)
