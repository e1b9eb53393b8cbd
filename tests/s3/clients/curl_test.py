"""curl --aws-sigv4, of the distribution."""

import os

import rig


def there_and_back():
    with rig.server() as server:
        content = rig.bytes_of(3 << 20)
        path = os.path.join(server.folder, "file")
        with open(path, "wb") as file:
            file.write(content)
        curl = ["curl", "--silent", "--show-error", "--fail-with-body", "--aws-sigv4", f"aws:amz:{rig.REGION}:s3",
                "--user", f"{rig.KEY}:{rig.SECRET}", "--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD"]
        rig.run([*curl, "-X", "PUT", f"{server.url}/bucket"])
        rig.run([*curl, "--upload-file", path, f"{server.url}/bucket/with%20blank%2Bplus"])
        assert rig.run([*curl, f"{server.url}/bucket/with%20blank%2Bplus"]).stdout == content
        assert rig.run([*curl, "--range", "5-9", f"{server.url}/bucket/with%20blank%2Bplus"]).stdout == content[5:10]
        listed = rig.run([*curl, f"{server.url}/bucket?list-type=2&prefix=with"]).stdout
        assert b"<Key>with blank+plus</Key>" in listed
        rig.run([*curl, "-X", "DELETE", f"{server.url}/bucket/with%20blank%2Bplus"])
        gone = rig.run([*curl, f"{server.url}/bucket/with%20blank%2Bplus"], check=False)
        assert b"<Code>NoSuchKey</Code>" in gone.stdout
        unsigned = rig.run(["curl", "--silent", f"{server.url}/bucket?list-type=2"])
        assert b"<Code>AccessDenied</Code>" in unsigned.stdout


if __name__ == "__main__":
    rig.main([there_and_back])
