"""`aws s3` and `aws s3api`: the distribution's and the current release, whose default checksums differ."""

import filecmp
import json
import os
import urllib.request

import rig


def work(program, tls):
    with rig.server(tls=tls) as server:
        aws = [program, "--endpoint-url", server.url]  # older releases know no AWS_ENDPOINT_URL
        home = server.folder
        env = rig.environment(server, home)
        here, back = os.path.join(home, "here"), os.path.join(home, "back")
        rig.make_tree(here)

        def call(*argv, **options):
            return rig.run([*aws, *argv], env=env, cwd=home, **options).stdout.decode()

        call("s3", "mb", "s3://bucket")
        call("s3", "sync", here, "s3://bucket/tree", "--quiet")
        call("s3", "sync", "s3://bucket/tree", back, "--quiet")
        rig.expect_same(here, back, "sync there and back")
        # Nothing is left to do, and what is deleted here is deleted there.
        if "upload" in call("s3", "sync", here, "s3://bucket/tree"):
            raise AssertionError("a second sync copies again")
        os.remove(os.path.join(here, "plain.txt"))
        call("s3", "sync", here, "s3://bucket/tree", "--delete", "--quiet")
        call("s3", "sync", "s3://bucket/tree", back, "--delete", "--quiet")
        rig.expect_same(here, back, "sync --delete")

        big = os.path.join(here, "big", "1.bin")
        call("s3", "cp", big, "s3://bucket/copied")
        call("s3", "cp", "s3://bucket/copied", "s3://bucket/copied again")
        call("s3", "cp", "s3://bucket/copied again", os.path.join(home, "copied"))
        assert filecmp.cmp(big, os.path.join(home, "copied"), shallow=False)
        streamed = rig.run([*aws, "s3", "cp", "-", "s3://bucket/streamed"], env=env, stdin=b"from a pipe")
        assert streamed.returncode == 0
        assert call("s3", "cp", "s3://bucket/streamed", "-") == "from a pipe"
        assert "copied again" in call("s3", "ls", "s3://bucket/")
        call("s3", "mv", "s3://bucket/streamed", "s3://bucket/moved")

        link = call("s3", "presign", "s3://bucket/moved", "--expires-in", "60").strip()
        context = None
        if tls:
            import ssl
            context = ssl.create_default_context(cafile=server.certificate)
        assert urllib.request.urlopen(link, context=context).read() == b"from a pipe"

        body = os.path.join(here, "deep.txt")
        put = json.loads(call("s3api", "put-object", "--bucket", "bucket", "--key", "api", "--body", body,
                              "--metadata", "a=b", "--tagging", "x=y", "--checksum-algorithm", "SHA256"))
        head = json.loads(call("s3api", "head-object", "--bucket", "bucket", "--key", "api",
                               "--checksum-mode", "ENABLED"))
        assert head["ETag"] == put["ETag"] and head["Metadata"] == {"a": "b"}
        assert head["ChecksumSHA256"] == put["ChecksumSHA256"]
        call("s3api", "put-bucket-versioning", "--bucket", "bucket", "--versioning-configuration", "Status=Enabled")
        call("s3", "rm", "s3://bucket/api")
        versions = json.loads(call("s3api", "list-object-versions", "--bucket", "bucket", "--prefix", "api"))
        assert len(versions["Versions"]) == 1 and len(versions["DeleteMarkers"]) == 1
        call("s3api", "delete-object", "--bucket", "bucket", "--key", "api", "--version-id",
             versions["DeleteMarkers"][0]["VersionId"])
        call("s3api", "get-object", "--bucket", "bucket", "--key", "api", os.path.join(home, "api"))
        assert filecmp.cmp(body, os.path.join(home, "api"), shallow=False)

        denied = rig.run([*aws, "s3", "ls", "s3://nosuch"], env=env, check=False)
        assert denied.returncode != 0 and b"NoSuchBucket" in denied.stderr
        env["AWS_SECRET_ACCESS_KEY"] = "wrong-secret"
        denied = rig.run([*aws, "s3", "ls"], env=env, check=False)
        assert denied.returncode != 0 and b"SignatureDoesNotMatch" in denied.stderr


def distribution():
    work("/usr/bin/aws", tls=False)


def current_release():
    work(rig.client("aws"), tls=True)


if __name__ == "__main__":
    rig.main([distribution, current_release])
