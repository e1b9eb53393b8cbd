#!/usr/bin/env python3
"""The conformance suite: one case for each behaviour and error of each operation, against any S3 endpoint.

main.py --endpoint URL --access-key ID --secret-key SECRET [--other-access-key ID --other-secret-key SECRET]
        [--domain DOMAIN] [--only PATTERN] [--list]
The other user is one who owns no bucket and was granted nothing.
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import acls  # noqa: E402, F401
import attributes  # noqa: E402, F401
import buckets  # noqa: E402, F401
import checksums  # noqa: E402, F401
import copies  # noqa: E402, F401
import forms  # noqa: E402, F401
import hosts  # noqa: E402, F401
import listings  # noqa: E402, F401
import objects  # noqa: E402, F401
import signatures  # noqa: E402, F401
import suite  # noqa: E402
import uploads  # noqa: E402, F401
import versions  # noqa: E402, F401
import wire  # noqa: E402, F401
from door import Door  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", default="http://127.0.0.1:9000")
    parser.add_argument("--access-key", default=os.environ.get("AWS_ACCESS_KEY_ID", ""))
    parser.add_argument("--secret-key", default=os.environ.get("AWS_SECRET_ACCESS_KEY", ""))
    parser.add_argument("--other-access-key", default="")
    parser.add_argument("--other-secret-key", default="")
    parser.add_argument("--domain", default="", help="buckets are hosts under it; without it that is not asked")
    parser.add_argument("--only", default="", help="cases with this in their names")
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    if asked.list:
        print("\n".join(f"{operation}.{name}" for operation, name, _ in suite.CASES))
        return 0
    door = Door(asked.endpoint, asked.access_key, asked.secret_key, domain=asked.domain)
    other = Door(asked.endpoint, asked.other_access_key, asked.other_secret_key) if asked.other_access_key else None
    passed, failed, left_out = suite.run(door, other, asked.only)
    print(f"{passed} passed, {failed} failed, {left_out} left out")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
