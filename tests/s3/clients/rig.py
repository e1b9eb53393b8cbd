"""What the tests of clients share: a server on ports of its own, files to move, and comparisons."""

import contextlib
import hashlib
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

KEY = "root-of-the-tests"
SECRET = "secret-of-the-tests"
REGION = "us-east-1"


def program(name):
    """One of the tree's own programs; TREBOL_TEST_BIN names their folder."""
    return os.path.join(os.environ["TREBOL_TEST_BIN"], name)


def client(name):
    """What install.sh installed; TREBOL_TEST_CLIENTS names the folder."""
    base = pathlib.Path(os.environ["TREBOL_TEST_CLIENTS"])
    for folder in (base / "venv" / "bin", base / "node_modules" / ".bin"):
        if (folder / name).exists():
            return str(folder / name)
    raise SystemExit(f"{name} is not installed in {base}: run tests/s3/clients/install.sh {base}")


def make_certificate(folder):
    """A certificate for 127.0.0.1 that signs itself; gives the files of certificate and key."""
    certificate, key = os.path.join(folder, "server.crt"), os.path.join(folder, "server.key")
    run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate])
    return certificate, key


def run(argv, env=None, check=True, stdin=None, cwd=None, timeout=120):
    """Runs a program to its end; an exit code that is not 0 fails the test with what it said."""
    done = subprocess.run(argv, env=env, input=stdin, cwd=cwd, timeout=timeout, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if check and done.returncode != 0:
        raise AssertionError(f"{argv} ended with {done.returncode}\n{done.stdout.decode(errors='replace')}"
                             f"\n{done.stderr.decode(errors='replace')}")
    return done


class Server:
    """`trebol server` on free ports, in a folder of its own."""

    def __init__(self, folder, flags=(), tls=False):
        self.folder = folder
        self.log = os.path.join(folder, "server.log")
        self.certificate = None
        flags = list(flags)
        if tls:
            self.certificate, key = make_certificate(folder)
            flags += ["--tls-cert", self.certificate, "--tls-key", key]
        env = {name: value for name, value in os.environ.items()
               if not name.startswith(("TREBOL_", "AWS_", "MINIO_"))}
        env.update(AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)
        argv = [program("trebol"), "server", os.path.join(folder, "data"), "--grpc-listen", "127.0.0.1:0",
                "--s3-listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", *flags]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(argv, env=env, stdout=log, stderr=subprocess.STDOUT)
        self.url = self._await_ready()

    def _await_ready(self):
        for _ in range(1200):
            with open(self.log, encoding="utf-8", errors="replace") as log:
                text = log.read()
            words = [word for line in text.splitlines() if line.startswith("ready: ") for word in line.split()]
            urls = [word[3:] for word in words if word.startswith("s3=")]
            if urls and "serves" in text:
                return urls[0]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"the server does not serve:\n{text}")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=60) != 0:
            raise AssertionError(f"the server ended with {self.process.returncode}; see {self.log}")


@contextlib.contextmanager
def server(**options):
    """A server for the time of a test, and a folder beside its data."""
    folder = tempfile.mkdtemp(prefix="trebol-test-")
    started = Server(folder, **options)
    try:
        yield started
        started.end()
    finally:
        if started.process.poll() is None:
            started.process.kill()
            started.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def environment(server, home):
    """Variables by which the tools of AWS find the server, and nothing else."""
    env = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
           "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": REGION,
           "AWS_ENDPOINT_URL": server.url, "AWS_EC2_METADATA_DISABLED": "true"}
    if server.certificate:
        env["AWS_CA_BUNDLE"] = server.certificate
    return env


def bytes_of(size, seed=1):
    return random.Random(seed).randbytes(size)


NAMES = ["plain.txt", "with blank.txt", "plus+and%percent.txt", "quote'\"&<>.txt", "ünïcødé ☘ 🍀.txt", "empty",
         "deep/er/and/deeper.txt", "deep/er.txt", "deep.txt", "a=b;c,d!@#$^()[]{}~`.txt", "-dash", ".dot", "tab\tin.txt"]


def make_tree(folder, files=160, big=(9 << 20, 40 << 20), names=NAMES):
    """Files with names and sizes that clients stumble over."""
    made = {}
    for i, name in enumerate(names):
        made[name] = bytes_of(0 if name == "empty" else 100 + 37 * i, i)
    for i in range(files):
        made[f"many/{i % 7}/file-{i:04}.bin"] = bytes_of(i * 53 % 9000, 1000 + i)
    for i, size in enumerate(big):
        made[f"big/{i}.bin"] = bytes_of(size, 5000 + i)
    for name, content in made.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return made


def digest_tree(folder):
    """The names of files below, and the hashes of what is in them."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()}


def expect_same(one, other, what):
    """Two folders have the same files with the same bytes."""
    left, right = digest_tree(one), digest_tree(other)
    different = {name for name in left.keys() | right.keys() if left.get(name) != right.get(name)}
    if different or not left:
        raise AssertionError(f"{what}: {len(different)} of {len(left)} files differ: {sorted(different)[:10]}")


def main(tests):
    """Runs the functions of a test program, one after the other; the first failure ends it."""
    wanted = sys.argv[1:]
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        began = time.monotonic()
        print(f"{test.__name__} ...", flush=True)
        test()
        print(f"{test.__name__} passed in {time.monotonic() - began:.1f} s", flush=True)
