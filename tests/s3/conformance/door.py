"""What the cases of the suite speak with: requests of which every byte is theirs, and answers taken apart."""

import base64
import hashlib
import http.client
import random
import socket
import ssl
import urllib.parse
import xml.etree.ElementTree
import zlib

import sigv4


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def xml(self):
        """The document without its namespaces."""
        root = xml.etree.ElementTree.fromstring(self.body)
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        return root

    @property
    def code(self):
        """Of an error; None where there is no document that says one."""
        try:
            return self.xml().findtext("Code")
        except xml.etree.ElementTree.ParseError:
            return None

    def all(self, path):
        return [element.text or "" for element in self.xml().findall(path)]

    def one(self, path):
        return self.xml().findtext(path)


class Door:
    """One user's way to an endpoint."""

    def __init__(self, endpoint, key, secret, region="us-east-1", domain=""):
        parts = urllib.parse.urlsplit(endpoint)
        self.secure, self.host = parts.scheme == "https", parts.netloc
        self.signer = sigv4.Signer(key, secret, region)
        self.domain = domain

    def connect(self):
        if self.secure:
            return http.client.HTTPSConnection(self.host, timeout=60, context=ssl._create_unverified_context())
        return http.client.HTTPConnection(self.host, timeout=60)

    def line(self):
        """A connection on which every byte is the caller's."""
        host, _, port = self.host.partition(":")
        plain = socket.create_connection((host, int(port or (443 if self.secure else 80))), timeout=20)
        return ssl._create_unverified_context().wrap_socket(plain) if self.secure else plain

    def send(self, method, path, query="", headers=None, body=b"", connection=None):
        """As it stands, with Content-Length unless the headers say how long the body is."""
        headers = dict(headers or {})
        if "content-length" not in headers and "transfer-encoding" not in headers:
            headers["content-length"] = str(len(body))
        own = connection is None
        connection = connection or self.connect()
        try:
            connection.putrequest(method, path + ("?" + query if query else ""), skip_host=True,
                                  skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body if body else None)
            return Answer(connection.getresponse())
        finally:
            if own:
                connection.close()

    def ask(self, method, path, query="", headers=None, body=b"", payload=None, connection=None):
        """Signed. `path` is encoded already."""
        body = body.encode() if isinstance(body, str) else body
        payload = payload or hashlib.sha256(body).hexdigest()
        signed = self.signer.headers(method, path, query, {"host": self.host, **(headers or {})}, payload)
        return self.send(method, path, query, signed, body, connection)

    def anonymous(self, method, path, query="", headers=None, body=b""):
        return self.send(method, path, query, {"host": self.host, **(headers or {})}, body)


def encode(key):
    return urllib.parse.quote(key, safe="/-_.~")


def md5(body):
    return base64.b64encode(hashlib.md5(body).digest()).decode()


def etag(body):
    return f'"{hashlib.md5(body).hexdigest()}"'


CRC32C = []
for n in range(256):
    for _ in range(8):
        n = (n >> 1) ^ (0x82F63B78 if n & 1 else 0)
    CRC32C.append(n)
CRC64 = []
for n in range(256):
    for _ in range(8):
        n = (n >> 1) ^ (0x9A6C9329AC4BC9B5 if n & 1 else 0)
    CRC64.append(n)


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = CRC32C[(value ^ byte) & 0xFF] ^ (value >> 8)
    return (value ^ 0xFFFFFFFF).to_bytes(4, "big")


def crc64nvme(data):
    value = 0xFFFFFFFFFFFFFFFF
    for byte in data:
        value = CRC64[(value ^ byte) & 0xFF] ^ (value >> 8)
    return (value ^ 0xFFFFFFFFFFFFFFFF).to_bytes(8, "big")


CHECKSUMS = {
    "crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "crc32c": crc32c,
    "crc64nvme": crc64nvme,
    "sha1": lambda data: hashlib.sha1(data).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
}


def checksum(algorithm, data):
    return base64.b64encode(CHECKSUMS[algorithm](data)).decode()


def random_name(prefix="t"):
    return f"{prefix}-{random.randrange(16 ** 10):010x}"
