"""boto3: client, resource, transfers, presigned URLs and forms, waiters, paginators; over http and https."""

import io
import os

import boto3
import requests
from boto3.s3.transfer import TransferConfig
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

import rig


class CloudStorage:
    """As a hundred tutorials have it: two keys, and two verbs."""

    def __init__(self, access_key, secret_key, endpoint_url, bucket, verify=None):
        self.bucket = bucket
        self.s3 = boto3.client("s3", aws_access_key_id=access_key, aws_secret_access_key=secret_key,
                               endpoint_url=endpoint_url, verify=verify)

    def upload_file(self, path, name):
        self.s3.upload_file(path, self.bucket, name)

    def download_file(self, name, path):
        self.s3.download_file(self.bucket, name, path)


def connect(server, **config):
    return boto3.client("s3", endpoint_url=server.url, aws_access_key_id=rig.KEY,
                        aws_secret_access_key=rig.SECRET, region_name=rig.REGION, verify=server.certificate,
                        config=Config(**config))


def code_of(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError("it was not refused")


def tutorial(server):
    connect(server).create_bucket(Bucket="tutorial")
    # No region anywhere, as in the tutorials.
    storage = CloudStorage(rig.KEY, rig.SECRET, server.url, "tutorial", server.certificate)
    path = os.path.join(server.folder, "file")
    with open(path, "wb") as file:
        file.write(rig.bytes_of(20 << 20))
    storage.upload_file(path, "reports/file")
    storage.download_file("reports/file", path + ".back")
    with open(path, "rb") as sent, open(path + ".back", "rb") as got:
        assert sent.read() == got.read()


def transfers(server):
    s3 = connect(server)
    s3.create_bucket(Bucket="transfers")
    content = rig.bytes_of(33 << 20, 7)
    config = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20, max_concurrency=6)
    s3.upload_fileobj(io.BytesIO(content), "transfers", "big", Config=config,
                      ExtraArgs={"ContentType": "application/x-test", "Metadata": {"a": "b"}})
    back = io.BytesIO()
    s3.download_fileobj("transfers", "big", back, Config=config)
    assert back.getvalue() == content
    head = s3.head_object(Bucket="transfers", Key="big", ChecksumMode="ENABLED")
    assert head["ETag"].endswith('-7"') and head["ContentType"] == "application/x-test"
    s3.copy({"Bucket": "transfers", "Key": "big"}, "transfers", "copy", Config=config)
    assert s3.get_object(Bucket="transfers", Key="copy")["Body"].read() == content
    for algorithm in ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"):
        put = s3.put_object(Bucket="transfers", Key=algorithm, Body=content[:100000], ChecksumAlgorithm=algorithm)
        got = s3.get_object(Bucket="transfers", Key=algorithm, ChecksumMode="ENABLED")
        assert got["Checksum" + algorithm] == put["Checksum" + algorithm]
        assert got["Body"].read() == content[:100000]


def resource(server):
    s3 = boto3.resource("s3", endpoint_url=server.url, aws_access_key_id=rig.KEY,
                        aws_secret_access_key=rig.SECRET, region_name=rig.REGION, verify=server.certificate)
    bucket = s3.create_bucket(Bucket="resource")
    bucket.wait_until_exists()
    for i in range(25):
        bucket.put_object(Key=f"dir/{i:02}", Body=str(i).encode())
    assert [each.key for each in bucket.objects.filter(Prefix="dir/1")] == [f"dir/1{i}" for i in range(10)]
    assert s3.Object("resource", "dir/03").get()["Body"].read() == b"3"
    s3.Object("resource", "dir/03").wait_until_exists()
    bucket.objects.all().delete()
    s3.Object("resource", "dir/03").wait_until_not_exists()
    bucket.delete()
    bucket.wait_until_not_exists()


def pages(server):
    s3 = connect(server)
    s3.create_bucket(Bucket="pages")
    keys = sorted(f"{i % 5}/{i:03}" for i in range(60))
    for key in keys:
        s3.put_object(Bucket="pages", Key=key)
    for operation in ("list_objects", "list_objects_v2"):
        listed, folders = [], []
        for page in s3.get_paginator(operation).paginate(Bucket="pages", PaginationConfig={"PageSize": 7}):
            listed += [each["Key"] for each in page["Contents"]]
        for page in s3.get_paginator(operation).paginate(Bucket="pages", Delimiter="/",
                                                         PaginationConfig={"PageSize": 2}):
            folders += [each["Prefix"] for each in page["CommonPrefixes"]]
        assert listed == keys and folders == [f"{i}/" for i in range(5)]
    assert sum(len(page["Versions"]) for page in s3.get_paginator("list_object_versions").paginate(
        Bucket="pages", PaginationConfig={"PageSize": 11})) == 60
    uploads = [s3.create_multipart_upload(Bucket="pages", Key=f"u{i}")["UploadId"] for i in range(5)]
    found = [each["UploadId"] for page in s3.get_paginator("list_multipart_uploads").paginate(
        Bucket="pages", PaginationConfig={"PageSize": 2}) for each in page.get("Uploads", [])]
    assert found == uploads
    for i in range(1, 8):
        s3.upload_part(Bucket="pages", Key="u0", UploadId=uploads[0], PartNumber=i, Body=b"x")
    assert [part["PartNumber"] for page in s3.get_paginator("list_parts").paginate(
        Bucket="pages", Key="u0", UploadId=uploads[0], PaginationConfig={"PageSize": 3})
        for part in page["Parts"]] == list(range(1, 8))


def links(server):
    for version in (None, "s3v4"):  # boto3's own choice is the old version
        s3 = connect(server, signature_version=version) if version else connect(server)
        bucket = f"links-{version or 'default'}".lower()
        s3.create_bucket(Bucket=bucket)
        url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "a b"}, ExpiresIn=60)
        assert requests.put(url, data=b"content", verify=server.certificate).status_code == 200
        url = s3.generate_presigned_url("get_object", ExpiresIn=60, Params={
            "Bucket": bucket, "Key": "a b", "ResponseContentType": "text/x-test"})
        got = requests.get(url, verify=server.certificate)
        assert got.content == b"content" and got.headers["Content-Type"] == "text/x-test"
        assert requests.get(url.replace("a%20b", "a%20c"), verify=server.certificate).status_code == 403
        form = s3.generate_presigned_post(bucket, "up/${filename}", ExpiresIn=60, Conditions=[
            ["content-length-range", 1, 100]])
        posted = requests.post(form["url"], data=form["fields"], files={"file": ("name.txt", b"of a form")},
                               verify=server.certificate)
        assert posted.status_code == 204, posted.text
        assert s3.get_object(Bucket=bucket, Key="up/name.txt")["Body"].read() == b"of a form"
        refused = requests.post(form["url"], data=form["fields"], files={"file": ("name.txt", b"x" * 200)},
                                verify=server.certificate)
        assert refused.status_code == 400 and "EntityTooLarge" in refused.text


def conditions(server):
    s3 = connect(server)
    s3.create_bucket(Bucket="conditions")
    etag = s3.put_object(Bucket="conditions", Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    assert code_of(lambda: s3.put_object(Bucket="conditions", Key="k", Body=b"2", IfNoneMatch="*")) == "PreconditionFailed"
    assert code_of(lambda: s3.put_object(Bucket="conditions", Key="k", Body=b"2", IfMatch='"no"')) == "PreconditionFailed"
    s3.put_object(Bucket="conditions", Key="k", Body=b"2", IfMatch=etag)
    assert code_of(lambda: s3.get_object(Bucket="conditions", Key="nosuch")) == "NoSuchKey"
    assert code_of(lambda: s3.delete_bucket(Bucket="conditions")) == "BucketNotEmpty"


def every_operation(server):
    """Whatever boto3 can ask: what is not served here must not be taken for a put or a delete."""
    s3 = connect(server)
    s3.create_bucket(Bucket="operations")
    signer = S3SigV4Auth(s3._request_signer._credentials, "s3", rig.REGION)
    leaks = []
    model = s3.meta.service_model
    asked = 0
    for name in model.operation_names:
        operation = model.operation_model(name)
        uri, method = operation.http["requestUri"], operation.http["method"]
        path, _, query = uri.partition("?")
        if not query or "{Bucket}" not in path or method in ("GET", "HEAD"):
            continue
        members = operation.input_shape.members
        for required in operation.input_shape.required_members:
            where = members[required].serialization
            if where.get("location") == "querystring":
                query += f"&{where['name']}=x"
        path = path.replace("{Bucket}", "operations").replace("{Key+}", "k")
        s3.put_object(Bucket="operations", Key="k", Body=b"kept")
        request = AWSRequest(method, f"{server.url}{path}?{query}", data=b"<X/>" if method != "DELETE" else b"")
        signer.add_auth(request)
        answer = URLLib3Session(verify=server.certificate).send(request.prepare())
        asked += 1
        try:
            kept = s3.get_object(Bucket="operations", Key="k")["Body"].read() == b"kept"
        except ClientError:
            kept = False
        if not kept or answer.status_code >= 500 and answer.status_code != 501:
            leaks.append((name, answer.status_code, answer.content[:200]))
    assert asked > 50 and not leaks, (asked, leaks)


def work(tls):
    with rig.server(tls=tls) as server:
        for part in (tutorial, transfers, resource, pages, links, conditions, every_operation):
            part(server)
            print(f"  {part.__name__}", flush=True)


def over_http():
    work(tls=False)


def over_https():
    work(tls=True)


if __name__ == "__main__":
    rig.main([over_http, over_https])
