"""Signature Version 4 for tests: every byte of what is signed, and of what is sent, is the caller's."""

import datetime
import hashlib
import hmac
import urllib.parse

UNSIGNED = "UNSIGNED-PAYLOAD"


def quote(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-_.~")


def canonical_query(query):
    pairs = []
    for part in query.split("&") if query else []:
        name, _, value = part.partition("=")
        pairs.append((quote(urllib.parse.unquote_to_bytes(name.replace("+", " "))),
                      quote(urllib.parse.unquote_to_bytes(value.replace("+", " ")))))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def signing_key(secret, date, region, service):
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


class Signer:
    def __init__(self, key, secret, region="us-east-1", service="s3"):
        self.key, self.secret, self.region, self.service = key, secret, region, service

    def _signature(self, method, path, query, headers, payload_hash, stamp):
        names = sorted(headers)
        canonical = "\n".join([method, quote(urllib.parse.unquote_to_bytes(path), "/"), canonical_query(query),
                               *(f"{name}:{' '.join(headers[name].split())}" for name in names), "",
                               ";".join(names), payload_hash])
        scope = f"{stamp[:8]}/{self.region}/{self.service}/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = signing_key(self.secret, stamp[:8], self.region, self.service)
        return ";".join(names), scope, hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def headers(self, method, path, query, headers, payload_hash, now=None):
        """The headers with x-amz-date, x-amz-content-sha256 and Authorization; names in lower case."""
        now = now or datetime.datetime.now(datetime.timezone.utc)
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        signed = {**headers, "x-amz-date": stamp, "x-amz-content-sha256": payload_hash}
        covered = {name: value for name, value in signed.items()
                   if name not in ("content-length", "expect", "connection", "transfer-encoding", "user-agent")}
        names, scope, signature = self._signature(method, path, query, covered, payload_hash, stamp)
        signed["authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.key}/{scope}, SignedHeaders={names}, "
                                   f"Signature={signature}")
        self.seed = (stamp, scope, signature)
        return signed

    def presign(self, method, host, path, query="", expires=60, now=None, headers=None):
        """The query of a URL that works without the key."""
        now = now or datetime.datetime.now(datetime.timezone.utc)
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        headers = {"host": host, **(headers or {})}
        scope = f"{stamp[:8]}/{self.region}/{self.service}/aws4_request"
        parts = [query] if query else []
        parts += ["X-Amz-Algorithm=AWS4-HMAC-SHA256", f"X-Amz-Credential={quote(self.key + '/' + scope)}",
                  f"X-Amz-Date={stamp}", f"X-Amz-Expires={expires}",
                  f"X-Amz-SignedHeaders={quote(';'.join(sorted(headers)))}"]
        text = "&".join(parts)
        _, _, signature = self._signature(method, path, text, headers, UNSIGNED, stamp)
        return f"{text}&X-Amz-Signature={signature}"

    def chunks(self, pieces, trailer=None, signed=True):
        """A body in the coding aws-chunked, behind a head that this signer signed last."""
        stamp, scope, previous = self.seed
        key = signing_key(self.secret, stamp[:8], self.region, self.service)
        empty = hashlib.sha256(b"").hexdigest()
        body = b""
        for piece in [*pieces, b""]:
            extension = ""
            if signed:
                text = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", stamp, scope, previous, empty,
                                  hashlib.sha256(piece).hexdigest()])
                previous = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
                extension = f";chunk-signature={previous}"
            body += f"{len(piece):x}{extension}\r\n".encode()
            if piece:
                body += piece + b"\r\n"
        lines = "".join(f"{name}:{value}\r\n" for name, value in (trailer or {}).items())
        if trailer and signed:
            text = "\n".join(["AWS4-HMAC-SHA256-TRAILER", stamp, scope, previous,
                              hashlib.sha256(lines.replace("\r\n", "\n").encode()).hexdigest()])
            lines += f"x-amz-trailer-signature:{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}\r\n"
        return body + lines.encode() + b"\r\n"
