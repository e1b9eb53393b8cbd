"""s3fs, of the distribution: a bucket mounted as a file system."""

import os
import shutil
import subprocess
import time

import rig


def mounted():
    with rig.server() as server:
        home = server.folder
        here, mount = os.path.join(home, "here"), os.path.join(home, "mount")
        rig.make_tree(here, files=30, big=(12 << 20,))
        os.makedirs(mount)
        password = os.path.join(home, "passwd-s3fs")
        with open(os.open(password, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{rig.KEY}:{rig.SECRET}\n")
        env = rig.environment(server, home)
        rig.run(["aws", "--endpoint-url", server.url, "s3", "mb", "s3://bucket"], env=env)
        process = subprocess.Popen(
            ["s3fs", "bucket", mount, "-f", "-o", f"url={server.url},use_path_request_style,passwd_file={password}",
             "-o", "multipart_size=5"], env={"PATH": os.environ["PATH"], "HOME": home, "LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            for _ in range(300):
                if os.path.ismount(mount):
                    break
                if process.poll() is not None:
                    raise SystemExit(f"s3fs did not mount: {process.stdout.read().decode(errors='replace')}")
                time.sleep(0.1)
            shutil.copytree(here, os.path.join(mount, "tree"))
            rig.expect_same(here, os.path.join(mount, "tree"), "copied into the mount")
            os.rename(os.path.join(mount, "tree", "plain.txt"), os.path.join(mount, "tree", "renamed.txt"))
            with open(os.path.join(mount, "tree", "deep.txt"), "ab") as file:
                file.write(b"appended")
            with open(os.path.join(mount, "tree", "deep.txt"), "rb") as file:
                assert file.read().endswith(b"appended")
            with open(os.path.join(mount, "tree", "big", "0.bin"), "rb") as file:
                file.seek(11 << 20)
                with open(os.path.join(here, "big", "0.bin"), "rb") as original:
                    original.seek(11 << 20)
                    assert file.read(100) == original.read(100)
            assert "renamed.txt" in os.listdir(os.path.join(mount, "tree"))
            shutil.rmtree(os.path.join(mount, "tree"))
            assert os.listdir(mount) == []
        finally:
            subprocess.run(["umount", "-l", mount], check=False)
            process.terminate()
            process.wait(timeout=30)


if __name__ == "__main__":
    rig.main([mounted])
