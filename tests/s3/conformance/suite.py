"""The cases' runner: each case gets a bucket of its own, and is one behaviour of one operation."""

import traceback

import door as doors

CASES = []


def case(operation):
    """Registers a function as a case: it is given a Bench and fails by an exception."""

    def add(function):
        CASES.append((operation, function.__name__, function))
        return function

    return add


class Mismatch(Exception):
    pass


class LeftOut(Exception):
    """The endpoint or the arguments do not have what the case is about."""


class Bench:
    """What a case works with: doors of two users and of nobody, and a bucket of the first."""

    def __init__(self, door, other):
        self.door, self.other = door, other
        self.bucket = doors.random_name()
        self.made = []
        self.make(self.bucket)

    def make(self, bucket, **options):
        self.expect(self.door.ask("PUT", f"/{bucket}", **options), 200)
        self.made.append(bucket)
        return bucket

    def path(self, key="", bucket=None):
        return f"/{bucket or self.bucket}" + (f"/{doors.encode(key)}" if key else "")

    # One request each; `headers` as keyword arguments with '_' for '-'.
    def ask(self, method, key="", query="", body=b"", bucket=None, door=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return (door or self.door).ask(method, self.path(key, bucket), query, headers, body)

    def put(self, key, body=b"content", **headers):
        return self.expect(self.ask("PUT", key, body=body, **headers), 200)

    def expect(self, answer, status, code=None, **headers):
        """The answer, if it is this one. An error has its code, its request id and a message."""
        what = f"{answer.status} {answer.code} (request {answer.headers.get('x-amz-request-id')}): {answer.text[:300]}"
        if answer.status != status or (code and answer.code != code):
            raise Mismatch(f"expected {status} {code or ''}, got {what}")
        if not answer.headers.get("x-amz-request-id"):
            raise Mismatch(f"no x-amz-request-id in {answer.headers}")
        if code and answer.body and not (answer.one("Message") and answer.one("RequestId")):
            raise Mismatch(f"an error without Message or RequestId: {what}")
        for name, value in headers.items():
            got = answer.headers.get(name.replace("_", "-"))
            if got != value:
                raise Mismatch(f"expected {name}: {value}, got {got}")
        return answer

    def need(self, there, what):
        if not there:
            raise LeftOut(what)

    def same(self, got, wanted, what=""):
        if got != wanted:
            raise Mismatch(f"{what}: expected {wanted!r}, got {got!r}")

    def clean(self):
        """Removes what the case made, as far as it goes."""
        for bucket in self.made:
            for _ in range(100):
                listed = self.door.ask("GET", f"/{bucket}", "versions")
                if listed.status != 200:
                    break
                entries = listed.xml().findall("Version") + listed.xml().findall("DeleteMarker")
                for each in entries:
                    self.door.ask("DELETE", f"/{bucket}/{doors.encode(each.findtext('Key'))}",
                                  "versionId=" + each.findtext("VersionId"))
                if not entries:
                    break
            uploads = self.door.ask("GET", f"/{bucket}", "uploads")
            for each in uploads.xml().findall("Upload") if uploads.status == 200 else []:
                self.door.ask("DELETE", f"/{bucket}/{doors.encode(each.findtext('Key'))}",
                              "uploadId=" + each.findtext("UploadId"))
            self.door.ask("DELETE", f"/{bucket}")


def run(door, other, pattern, keep_going=True):
    """(passed, failed, left out): what did not pass is printed as it happens."""
    passed = failed = left_out = 0
    for operation, name, function in CASES:
        full = f"{operation}.{name}"
        if pattern and pattern not in full:
            continue
        bench = None
        try:
            bench = Bench(door, other)
            function(bench)
            passed += 1
        except LeftOut as why:
            left_out += 1
            print(f"left out {full}: needs {why}", flush=True)
        except Mismatch as why:
            failed += 1
            print(f"FAILED {full}: {why}", flush=True)
        except Exception:  # a case that cannot even be carried out
            failed += 1
            print(f"FAILED {full}: {traceback.format_exc()}", flush=True)
        finally:
            if bench:
                bench.clean()
        if failed and not keep_going:
            break
    return passed, failed, left_out
