"""`trebol` itself: both doors know the same keys, grants, quotas and objects."""

import os
import re
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import rig


def code_of(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError("it was not refused")


def one_identity():
    with rig.server() as server:
        with open(server.log, encoding="utf-8") as log:
            grpc = re.search(r"ready: grpc=(\S+)", log.read()).group(1)

        def trebol(*argv, key=(rig.KEY, rig.SECRET), expect=0):
            env = {"PATH": os.environ["PATH"], "TREBOL_ENDPOINT": grpc, "AWS_ENDPOINT_URL": server.url}
            if key:
                env.update(AWS_ACCESS_KEY_ID=key[0], AWS_SECRET_ACCESS_KEY=key[1])
            done = rig.run([rig.program("trebol"), *argv], env=env, check=False)
            assert done.returncode == expect, (argv, done.returncode, done.stdout, done.stderr)
            return done.stdout.decode() + done.stderr.decode()

        def s3(key):
            return boto3.client("s3", endpoint_url=server.url, aws_access_key_id=key[0],
                                aws_secret_access_key=key[1], region_name=rig.REGION,
                                config=Config(retries={"max_attempts": 1}))

        root = s3((rig.KEY, rig.SECRET))
        trebol("mb", "trebol://bucket")
        root.put_object(Bucket="bucket", Key="of s3", Body=b"from S3")
        assert trebol("cat", "trebol://bucket/of s3") == "from S3"
        path = os.path.join(server.folder, "file")
        with open(path, "wb") as file:
            file.write(b"from trebol")
        trebol("cp", path, "trebol://bucket/of trebol")
        assert root.get_object(Bucket="bucket", Key="of trebol")["Body"].read() == b"from trebol"

        # Nobody, and the wrong secret.
        assert "AWS_ACCESS_KEY_ID" in trebol("ls", "trebol://bucket", key=None, expect=4)
        trebol("ls", "trebol://bucket", key=(rig.KEY, "wrong-secret"), expect=4)
        trebol("node", "ls", key=None, expect=4)

        # A user with a key of their own: nothing, then to read, then to write.
        made = trebol("key", "create", "--user", "bob")
        bob = tuple(re.findall(r"export AWS_\w+=(\S+)", made))
        assert code_of(lambda: s3(bob).get_object(Bucket="bucket", Key="of s3")) == "AccessDenied"
        trebol("ls", "trebol://bucket", key=bob, expect=4)
        trebol("node", "drain", "nobody", "--plan", key=bob, expect=4)
        trebol("bucket", "grant", "trebol://bucket", "bob", "read")
        assert s3(bob).get_object(Bucket="bucket", Key="of s3")["Body"].read() == b"from S3"
        assert "of s3" in trebol("ls", "trebol://bucket", key=bob)
        assert code_of(lambda: s3(bob).put_object(Bucket="bucket", Key="x", Body=b"")) == "AccessDenied"
        trebol("cp", path, "trebol://bucket/x", key=bob, expect=4)
        s3(bob).create_bucket(Bucket="bobs-bucket")
        assert "bobs-bucket" in trebol("ls", key=bob) and "bobs-bucket" in trebol("ls")
        trebol("cluster", "status", key=bob)

        # A quota, and what anybody may.
        trebol("bucket", "quota", "trebol://bucket", "1MiB")
        assert code_of(lambda: root.put_object(Bucket="bucket", Key="big", Body=bytes(2 << 20))) == "QuotaExceeded"
        trebol("bucket", "anonymous", "trebol://bucket", "read")
        assert urllib.request.urlopen(f"{server.url}/bucket/of%20s3").read() == b"from S3"
        assert trebol("cat", "trebol://bucket/of s3", key=None) == "from S3"
        trebol("bucket", "anonymous", "trebol://bucket", "none")

        # Links.
        link = trebol("presign", "--expires", "60s", "trebol://bucket/of s3").strip()
        assert urllib.request.urlopen(link).read() == b"from S3"
        link = trebol("presign", "--method", "PUT", "trebol://bucket/put by link").strip()
        urllib.request.urlopen(urllib.request.Request(link, data=b"linked", method="PUT"))
        assert trebol("cat", "trebol://bucket/put by link") == "linked"

        # A key that is gone.
        trebol("key", "rm", bob[0])
        assert code_of(lambda: s3(bob).list_buckets()) == "InvalidAccessKeyId"
        trebol("ls", key=bob, expect=4)


if __name__ == "__main__":
    rig.main([one_identity])
