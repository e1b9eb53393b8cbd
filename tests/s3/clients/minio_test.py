"""MinIO's SDK for Python."""

import datetime
import io
import json
import os

import minio
import requests
import urllib3
from minio.commonconfig import CopySource, Tags
from minio.deleteobjects import DeleteObject
from minio.versioningconfig import ENABLED, VersioningConfig

import rig


def work(tls):
    with rig.server(tls=tls) as server:
        scheme, host = server.url.split("://")
        pool = urllib3.PoolManager(ca_certs=server.certificate) if tls else None
        client = minio.Minio(host, access_key=rig.KEY, secret_key=rig.SECRET, secure=scheme == "https",
                             http_client=pool)
        client.make_bucket("bucket")
        assert client.bucket_exists("bucket") and not client.bucket_exists("nosuch")
        assert [each.name for each in client.list_buckets()] == ["bucket"]
        here, back = os.path.join(server.folder, "here"), os.path.join(server.folder, "back")
        for name in rig.make_tree(here, files=20, big=(12 << 20,)):
            client.fput_object("bucket", "tree/" + name, os.path.join(here, name))
        for each in client.list_objects("bucket", prefix="tree/", recursive=True):
            client.fget_object("bucket", each.object_name, os.path.join(back, each.object_name[5:]))
        rig.expect_same(here, back, "fput and fget")
        # Of unknown length, in parts.
        content = rig.bytes_of(11 << 20)
        client.put_object("bucket", "streamed", io.BytesIO(content), -1, part_size=5 << 20,
                          metadata={"a": "b"}, tags=None)
        assert client.get_object("bucket", "streamed").read() == content
        assert client.get_object("bucket", "streamed", offset=5, length=7).read() == content[5:12]
        client.copy_object("bucket", "copy", CopySource("bucket", "streamed"))
        assert client.stat_object("bucket", "copy").size == len(content)

        tags = Tags.new_object_tags()
        tags["k"] = "v"
        client.set_object_tags("bucket", "copy", tags)
        assert client.get_object_tags("bucket", "copy") == {"k": "v"}
        client.set_bucket_versioning("bucket", VersioningConfig(ENABLED))
        client.remove_object("bucket", "copy")
        kinds = [each.is_delete_marker for each in client.list_objects("bucket", prefix="copy", include_version=True)]
        assert sorted(kinds) == [False, True]

        link = client.presigned_get_object("bucket", "streamed", expires=datetime.timedelta(minutes=1))
        assert requests.get(link, verify=server.certificate).content == content
        policy = minio.datatypes.PostPolicy("bucket", datetime.datetime.now(datetime.timezone.utc)
                                            + datetime.timedelta(minutes=1))
        policy.add_equals_condition("key", "posted")
        policy.add_content_length_range_condition(1, 100)
        form = client.presigned_post_policy(policy)
        form["key"] = "posted"
        posted = requests.post(f"{server.url}/bucket", data=form, files={"file": b"content"}, verify=server.certificate)
        assert posted.status_code == 204, posted.text

        # The policies of its documentation.
        anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}}
        client.set_bucket_policy("bucket", json.dumps({"Version": "2012-10-17", "Statement": [
            {**anybody, "Action": ["s3:GetBucketLocation", "s3:ListBucket"], "Resource": "arn:aws:s3:::bucket"},
            {**anybody, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}]}))
        assert requests.get(f"{server.url}/bucket/posted", verify=server.certificate).content == b"content"
        assert requests.put(f"{server.url}/bucket/x", data=b"", verify=server.certificate).status_code == 403
        client.delete_bucket_policy("bucket")
        assert requests.get(f"{server.url}/bucket/posted", verify=server.certificate).status_code == 403

        errors = list(client.remove_objects("bucket", [
            DeleteObject(each.object_name, each.version_id)
            for each in client.list_objects("bucket", recursive=True, include_version=True)]))
        assert not errors, errors
        client.remove_bucket("bucket")


def over_http():
    work(tls=False)


def over_https():
    work(tls=True)


if __name__ == "__main__":
    rig.main([over_http, over_https])
