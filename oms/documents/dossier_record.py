"""The record of a dossier: entries in a chain, and the seal that closes the file around it. Pure: bytes and values in and out.

An entry's hash is over the one before it and its own content, so that none can be left out, added or changed unseen. The PDF carries the
record as an attached file, not packed, and ends with a seal: one comment line with the SHA-256 of every byte before it, where the record
stands, the head of the chain, and the server's signature over the digest. Without a key there is no signature: such a file shows what was
changed by accident, not by somebody who writes a new seal.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from msgspec import Struct

from sync.contract.chain import canonical, content_hash

_SIGNED: Final = b"floorhand dossier 1\n"
_MARK: Final = b"%floorhand-dossier-1 "
#: A seal is shorter than this, and a file longer than this is none of ours (bytes).
_SEAL_MOST: Final = 2000
_FILE_MOST: Final = 200 * 1024 * 1024
#: Where a JPEG begins in the file; so many of so many bytes are looked at.
_PICTURE: Final = re.compile(rb"stream\r?\n(?=\xff\xd8\xff)")
_PICTURES_MOST, _PICTURE_MOST = 100, 300_000


class Entry(Struct, frozen=True, kw_only=True):
    """One thing that happened: when (RFC 3339), what kind, who on which device, and its words. Facts of devices come with what their own
    chain says of them (`op`)."""

    n: int
    at: str
    kind: str
    who: str = ""
    device: str = ""
    body: dict[str, Any] = {}
    op: dict[str, Any] | None = None
    prev: str = ""
    hash: str = ""


class Record(Struct, frozen=True, kw_only=True):
    """Everything about one order, as it is in the file."""

    v: int
    cluster: str
    site: str
    order: str
    made_at: str
    made_by: str
    entries: list[Entry]


class Seal(Struct, frozen=True, kw_only=True):
    """The last line. `record` is (place, length) in bytes, `key` the public key (DER, base64), `signature` ECDSA P-256 over SHA-256."""

    sha256: str
    record: tuple[int, int]
    head: str
    key: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: `problems` empty means that nothing was changed. `pin` is the SHA-256 of the key it was signed with."""

    problems: tuple[str, ...]
    order: str = ""
    made_at: str = ""
    made_by: str = ""
    entries: int = 0
    facts: int = 0
    pin: str = ""

    @property
    def ok(self) -> bool:
        """Whether the file is as it was made."""
        return not self.problems


def chained(cluster: str, site: str, order: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries numbered from 1 and linked."""
    link, made = _start(cluster, site, order), []
    for n, entry in enumerate(entries, 1):
        numbered = msgspec.structs.replace(entry, n=n, prev=link, hash="")
        link = _hash(numbered)
        made.append(msgspec.structs.replace(numbered, hash=link))
    return made


def encoded(record: Record) -> bytes:
    """The record as it is attached: JSON in plain ASCII, so that nothing on the way can write it otherwise."""
    text = msgspec.json.format(canonical(record), indent=1).decode()
    return "".join(c if c < "\x7f" else _escaped(c) for c in text).encode("ascii")


def sealed(pdf: bytes, record: bytes, head: str, key: ec.EllipticCurvePrivateKey | None) -> bytes:
    """The PDF with its seal behind it. `record` must stand in it as it is, once."""
    place = pdf.find(record)
    if place < 0:
        raise ValueError("the record is not in the file as it should be")
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    digest = sha256(body)
    seal = Seal(sha256=digest.hexdigest(), record=(place, len(record)), head=head)
    if key is not None:
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        signature = key.sign(_SIGNED + digest.digest(), ec.ECDSA(hashes.SHA256()))
        seal = msgspec.structs.replace(seal, key=_base64(public), signature=_base64(signature))
    return body + _MARK + msgspec.json.encode(seal) + b"\n"


def verify(data: bytes) -> Verdict:
    """Checks every byte of a file: seal, signature, record, chain, and the proof that devices gave with their facts."""
    if len(data) > _FILE_MOST:
        return Verdict(("the file is too large to be a dossier",))
    parted = _parted(data)
    if parted is None:
        return Verdict(("there is no seal at the end of the file, or it was changed",))
    body, seal = parted
    problems = _of_seal(body, seal)
    record = _record(body, seal)
    if record is None:
        return Verdict((*problems, "the record cannot be read"), pin=_pin(seal))
    problems += _of_chain(record, seal.head)
    problems += _of_photos(record, body)
    return Verdict(
        tuple(problems), record.order, record.made_at, record.made_by, len(record.entries),
        sum(entry.op is not None for entry in record.entries), _pin(seal),
    )  # fmt: skip


def _start(cluster: str, site: str, order: str) -> str:
    return sha256(canonical(["floorhand-dossier-1", cluster, site, order])).hexdigest()


def _hash(entry: Entry) -> str:
    plain = [entry.prev, entry.n, entry.at, entry.kind, entry.who, entry.device, entry.body, entry.op]
    return sha256(canonical(plain)).hexdigest()


def _escaped(c: str) -> str:
    units = c.encode("utf-16-be")
    return "".join(f"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _parted(data: bytes) -> tuple[bytes, Seal] | None:
    """What comes before the seal, and the seal, which must be written exactly as we write it."""
    place = data.rfind(_MARK, max(0, len(data) - _SEAL_MOST))
    if place < 0:
        return None
    text = data[place + len(_MARK) :]
    try:
        seal = msgspec.json.decode(text, type=Seal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return (data[:place], seal) if msgspec.json.encode(seal) + b"\n" == text else None


def _of_seal(body: bytes, seal: Seal) -> list[str]:
    digest = sha256(body)
    problems = [] if digest.hexdigest() == seal.sha256 else ["bytes of the file were changed after it was sealed"]
    if not seal.key and not seal.signature:
        return problems
    try:
        raw_key, signature = base64.b64decode(seal.key, validate=True), base64.b64decode(seal.signature, validate=True)
        key = load_der_public_key(raw_key)
        plain = (_base64(raw_key), _base64(signature)) == (seal.key, seal.signature)
        if not isinstance(key, ec.EllipticCurvePublicKey) or not plain:
            return [*problems, "the signature is not one of ours"]
        key.verify(signature, _SIGNED + digest.digest(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, binascii.Error):
        problems.append("the signature does not belong to this file")
    return problems


def _record(body: bytes, seal: Seal) -> Record | None:
    place, length = seal.record
    raw = body[place : place + length] if 0 <= place <= len(body) and length >= 0 else b""
    try:
        return msgspec.json.decode(raw, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _of_chain(record: Record, head: str) -> list[str]:
    problems, link = [], _start(record.cluster, record.site, record.order)
    for n, entry in enumerate(record.entries, 1):
        if entry.n != n or entry.prev != link or _hash(entry) != entry.hash:
            problems.append(f"entry {n} was changed, or one before it is missing")
            break
        link = entry.hash
    if not problems and link != head:
        problems.append("the last entries are missing")
    problems += [
        f"entry {entry.n}: the fact is not what its device reported" for entry in record.entries if not _true(entry)
    ]
    return problems


def _of_photos(record: Record, body: bytes) -> list[str]:
    """Pictures that an entry tells of as shown must stand in the file, byte for byte."""
    told = [(entry.n, entry.body) for entry in record.entries if entry.kind == "photo" and entry.body.get("inside")]
    sizes = {words["size"] for _, words in told if isinstance(words.get("size"), int)}
    there = [found.end() for found in _PICTURE.finditer(body)][:_PICTURES_MOST] if told else []
    shown = {sha256(body[at : at + size]).hexdigest() for at in there for size in sizes if 0 < size <= _PICTURE_MOST}
    return [
        f"entry {n}: its picture is not in the file as it was taken"
        for n, words in told
        if words.get("sha256") not in shown
    ]


def _true(entry: Entry) -> bool:
    """Whether a fact's content is what its device chained."""
    if entry.op is None:
        return True
    op = entry.op
    token = tuple(op["token"]) if op.get("token") else None
    try:
        digest = content_hash(entry.kind, op["v"], op["item"], token, op["session"], msgspec.json.encode(op["body"]))
    except (KeyError, TypeError, ValueError):
        return False
    return digest.hex() == op.get("content")


def _pin(seal: Seal) -> str:
    try:
        return sha256(base64.b64decode(seal.key, validate=True)).hexdigest() if seal.key else ""
    except binascii.Error:
        return ""
