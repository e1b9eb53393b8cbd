"""s3cmd, of the distribution."""

import os

import rig


def there_and_back():
    with rig.server() as server:
        home = server.folder
        here, back = os.path.join(home, "here"), os.path.join(home, "back")
        # It makes no file whose name ends a line of its configuration: tabs are refused by itself.
        rig.make_tree(here, names=[name for name in rig.NAMES if "\t" not in name])
        host = server.url.removeprefix("http://")
        config = os.path.join(home, "s3cfg")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"[default]\naccess_key = {rig.KEY}\nsecret_key = {rig.SECRET}\nhost_base = {host}\n"
                       f"host_bucket = {host}\nuse_https = False\nbucket_location = us-east-1\n")
        env = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}

        def call(*argv):
            return rig.run(["s3cmd", "-c", config, *argv], env=env, cwd=home).stdout.decode()

        call("mb", "s3://bucket")
        call("sync", "--multipart-chunk-size-mb=5", here + "/", "s3://bucket/tree/")
        call("sync", "s3://bucket/tree/", back + "/")
        rig.expect_same(here, back, "sync there and back")
        assert "upload:" not in call("sync", here + "/", "s3://bucket/tree/")
        call("cp", "s3://bucket/tree/big/1.bin", "s3://bucket/copied")
        call("get", "--force", "s3://bucket/copied", os.path.join(home, "copied"))
        call("put", "--acl-private", "--add-header=x-amz-meta-a:b", os.path.join(here, "deep.txt"), "s3://bucket/put")
        assert "x-amz-meta-a" in call("info", "s3://bucket/put")
        call("mv", "s3://bucket/put", "s3://bucket/moved")
        assert "s3://bucket/moved" in call("ls", "s3://bucket/")
        call("setacl", "--acl-public", "s3://bucket")
        call("setacl", "--acl-private", "s3://bucket")
        assert "tree" in call("du", "s3://bucket/tree/")
        call("del", "--recursive", "--force", "s3://bucket")
        call("rb", "s3://bucket")


if __name__ == "__main__":
    rig.main([there_and_back])
