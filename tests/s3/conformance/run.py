#!/usr/bin/env python3
"""Runs the suite: run.py server | https | cluster | stopped
server: against `trebol server`; https: the same over TLS; cluster: three storage nodes as processes; stopped: the same,
one of them hung (SIGSTOP).
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "clients"))
import rig  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
DOMAIN = "s3.test"


def suite(s3, grpc):
    """The exit code of the suite, with a second user who has a key and no rights."""
    env = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": rig.KEY, "AWS_SECRET_ACCESS_KEY": rig.SECRET}
    made = rig.run([rig.program("trebol"), "key", "create", "--user", "other", "--endpoint", grpc], env=env)
    other = re.findall(r"export AWS_\w+=(\S+)", made.stdout.decode())
    return subprocess.run([sys.executable, os.path.join(HERE, "main.py"), "--endpoint", s3, "--domain", DOMAIN,
                           "--access-key", rig.KEY, "--secret-key", rig.SECRET,
                           "--other-access-key", other[0], "--other-secret-key", other[1]], check=False).returncode


def against_server(tls):
    with rig.server(flags=["--s3-domain", DOMAIN], tls=tls) as server:
        with open(server.log, encoding="utf-8") as log:
            grpc = re.search(r"ready: grpc=(\S+)", log.read()).group(1)
        return suite(server.url, grpc)


def against_cluster(hung):
    folder = tempfile.mkdtemp(prefix="trebol-test-")
    directory = os.path.join(folder, "cluster")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TREBOL_", "AWS_", "MINIO_"))}
    env.update(AWS_ACCESS_KEY_ID=rig.KEY, AWS_SECRET_ACCESS_KEY=rig.SECRET, TREBOL_GATEWAY_S3_DOMAIN=DOMAIN)
    supervisor = [rig.program("trebol-minicluster")]
    stopped = None
    try:
        rig.run([*supervisor, "up", "--dir", directory, "--nodes", "3", "--gateways", "1", "--zones", "3"], env=env)
        with open(os.path.join(directory, "cluster.json"), encoding="utf-8") as file:
            processes = {each["name"]: each for each in json.load(file)["processes"]}
        gateway = processes["gateway-0"]
        if hung:
            stopped = processes["storage-1"]["pid"]
            os.kill(stopped, signal.SIGSTOP)
        return suite("http://" + gateway["s3_endpoint"], gateway["endpoint"])
    finally:
        if stopped:
            os.kill(stopped, signal.SIGCONT)
        rig.run([*supervisor, "down", "--dir", directory], env=env, check=False)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    modes = {"server": lambda: against_server(tls=False), "https": lambda: against_server(tls=True),
             "cluster": lambda: against_cluster(hung=False), "stopped": lambda: against_cluster(hung=True)}
    if len(sys.argv) != 2 or sys.argv[1] not in modes:
        sys.exit(__doc__)
    sys.exit(modes[sys.argv[1]]())
