"""rclone, of the distribution: sync and check, and a copy to an Azure Blob endpoint (the azurite emulator)."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import socket
import subprocess
import threading
import time
import urllib.parse

import rig

ACCOUNT = "devstoreaccount1"  # azurite's own, of its documentation
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def shared_access(port):
    """A URL that lets its holder do everything in the emulator: this rclone takes no other endpoint."""
    fields = {"sv": "2018-03-28", "ss": "b", "srt": "sco", "sp": "rwdlac", "se": "2099-01-01T00:00:00Z",
              "spr": "https,http"}
    text = "\n".join([ACCOUNT, fields["sp"], fields["ss"], fields["srt"], "", fields["se"], "", fields["spr"],
                      fields["sv"], ""])
    digest = hmac.new(base64.b64decode(ACCOUNT_KEY), text.encode(), hashlib.sha256).digest()
    fields["sig"] = base64.b64encode(digest).decode()
    return f"http://127.0.0.1:{port}/{ACCOUNT}?{urllib.parse.urlencode(fields)}"


def configure(server, home, blob_port=None):
    config = os.path.join(home, "rclone.conf")
    text = (f"[trebol]\ntype = s3\nprovider = Other\naccess_key_id = {rig.KEY}\nsecret_access_key = {rig.SECRET}\n"
            f"endpoint = {server.url}\nregion = {rig.REGION}\n")
    if blob_port:
        text += f"[azure]\ntype = azureblob\nsas_url = {shared_access(blob_port)}\n"
    with open(config, "w", encoding="utf-8") as file:
        file.write(text)

    def call(*argv, **options):
        env = {"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": os.path.join(home, "tmp"), "LC_ALL": "C.UTF-8"}
        os.makedirs(env["TMPDIR"], exist_ok=True)
        return rig.run(["rclone", "--config", config, *argv], env=env, **options).stdout.decode()

    return call


def sync_and_check():
    with rig.server() as server:
        home = server.folder
        here, back = os.path.join(home, "here"), os.path.join(home, "back")
        rig.make_tree(here)
        call = configure(server, home)
        call("mkdir", "trebol:bucket")
        call("sync", here, "trebol:bucket/tree", "--s3-upload-cutoff", "8M", "--s3-chunk-size", "5M", "--metadata")
        call("check", here, "trebol:bucket/tree")
        call("sync", "trebol:bucket/tree", back)
        rig.expect_same(here, back, "sync there and back")
        os.remove(os.path.join(here, "plain.txt"))
        pathlib.Path(here, "deep.txt").write_bytes(b"changed")
        call("sync", here, "trebol:bucket/tree")
        call("check", here, "trebol:bucket/tree", "--download")
        call("rcat", "trebol:bucket/streamed", stdin=rig.bytes_of(1 << 20))
        assert "1 MiB" in call("size", "trebol:bucket/streamed")
        call("copyto", "trebol:bucket/tree/big/1.bin", "trebol:bucket/copied")
        call("moveto", "trebol:bucket/copied", "trebol:bucket/moved")
        assert "moved" in call("lsf", "trebol:bucket")
        call("purge", "trebol:bucket/tree")
        call("delete", "trebol:bucket")
        call("rmdir", "trebol:bucket")


class Azurite:
    """The emulator on a free port."""

    def __init__(self, home):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = os.path.join(home, "azurite")
        log = open(os.path.join(home, "azurite.log"), "wb")
        self.process = subprocess.Popen(
            [rig.client("azurite-blob"), "--location", self.folder, "--blobHost", "127.0.0.1", "--blobPort",
             str(self.port), "--silent", "--skipApiVersionCheck", "--disableTelemetry"], stdout=log, stderr=log)
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit("azurite does not serve")

    def end(self):
        self.process.kill()
        self.process.wait()


def largest_file_seen(home, done):
    """The most bytes that one file of rclone's had while the copy ran: its temporary folder, its cache."""
    most = 0
    while not done.is_set():
        for path in (each for own in ("tmp", ".cache", ".config") for each in pathlib.Path(home, own).rglob("*")):
            try:
                most = max(most, path.stat().st_size if path.is_file() else 0)
            except FileNotFoundError:
                pass
        time.sleep(0.01)
    return most


def most_at_once(log):
    """How many files were on their way at the same time, as rclone's own statistics have it."""
    with open(log, encoding="utf-8") as lines:
        return max(len(json.loads(line).get("stats", {}).get("transferring") or []) for line in lines)


def copy_to_azure():
    with rig.server() as server:
        home = server.folder
        here, back = os.path.join(home, "here"), os.path.join(home, "back")
        # Names that the emulator takes.
        rig.make_tree(here, files=60, big=(9 << 20, 30 << 20, 30 << 20), names=["plain.txt", "with blank.txt", "empty"])
        azurite = Azurite(home)
        try:
            call = configure(server, home, azurite.port)
            call("sync", here, "trebol:bucket/tree")
            call("mkdir", "azure:container")
            done, seen = threading.Event(), []
            watch = threading.Thread(target=lambda: seen.append(largest_file_seen(home, done)))
            watch.start()
            log = os.path.join(home, "rclone.log")
            try:
                call("copy", "trebol:bucket/tree", "azure:container", "--transfers", "4", "--stats", "20ms",
                     "--stats-log-level", "NOTICE", "--use-json-log", "--log-file", log)
            finally:
                done.set()
                watch.join()
            assert most_at_once(log) > 1, "one file was copied after the other"
            # It streams: no whole file was on the disk of who copied.
            assert seen[0] < 1 << 20, f"a file of {seen[0]} bytes was kept on the way"
            call("copy", "azure:container", back)
            rig.expect_same(here, back, "from S3 to Azure and back")
        finally:
            azurite.end()


if __name__ == "__main__":
    rig.main([sync_and_check, copy_to_azure])
