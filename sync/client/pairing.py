"""Pairing a device with its OMS: from the text of a scanned code, or a typed one, to a stored identity. Called off the GUI thread."""

import asyncio
import hmac
import secrets

import msgspec

from sync.client.http import Link, key_at
from sync.client.identity import own_key, public_hex
from sync.client.ports import Identity, Meta
from sync.client.requests import LinkLost, Request, Response, WrongKey
from sync.client.status import Refused, Unreachable
from sync.contract import proof
from sync.contract.codes import ErrorCode
from sync.contract.pairing import NotAPairingText, PairingText, TypedCode, parse, parse_typed
from sync.contract.wire import ErrorBody, PairReply, PairRequest, ProofReply, ProofRequest

__all__ = ["FactsWait", "NotAPairingText", "PairingText", "WrongServer", "pair", "parse"]


class WrongServer(Exception):
    """Somebody answered who does not hold the key from the pairing code. Nothing was told to them."""


class FactsWait(Exception):
    """This device holds `count` facts that another server has not acknowledged. Nobody was asked anything; the code is still good."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} facts wait for another server")
        self.count = count


def pair(text: str, meta: Meta, label: str, app: str, nearby: tuple[str, ...] = ()) -> Identity:
    """Pairs with the server behind a scanned `text`, or a typed code, and stores the identity. Blocks for some seconds at most. A typed
    code is asked after at the address typed before it, or else at those that were announced `nearby`.

    Raises `NotAPairingText`, `FactsWait`, `WrongServer`, `Unreachable`, or `Refused` (`code_unknown`, `code_used`, `code_expired`,
    `rate_limited`). May be repeated with the same code when the answer was lost.
    """
    try:
        code = parse(text)
    except NotAPairingText:
        code = asyncio.run(_prove(parse_typed(text), nearby))
    if waiting := meta.waiting_elsewhere(code.cluster_id):
        raise FactsWait(waiting)
    key = own_key(meta)
    public = public_hex(key)
    signature = key.sign(proof.pairing(code.code, public, label)).hex()
    request = PairRequest(code=code.code, pubkey=public, label=label, app=app, signature=signature)
    response = asyncio.run(_first(code, Request("POST", "/v1/pair", msgspec.json.encode(request))))
    if response.status != 201:
        raise _refusal(response)
    reply = msgspec.json.decode(response.body, type=PairReply)
    if reply.cluster_id != code.cluster_id or reply.spki != code.spki:
        raise WrongServer("the answer names another server than the pairing code")
    identity = Identity(reply.device_id, reply.site, reply.cluster_id, reply.epoch, code.spki, code.addresses)
    meta.save_identity(identity)
    return identity


async def _first(code: PairingText, request: Request) -> Response:
    """The first answer from any address; a wrong key at one address does not keep the right one from answering."""
    link = Link((code.spki,), code.addresses)
    wrong = False
    try:
        for _ in code.addresses:
            try:
                return await link.call(request)
            except WrongKey:
                wrong = True
            except LinkLost:
                pass
    finally:
        await link.close()
    raise WrongServer("none of the addresses leads to the server of this code") if wrong else Unreachable()


async def _prove(typed: TypedCode, nearby: tuple[str, ...]) -> PairingText:
    """Finds the server that knows the typed code, and learns its key. Until it has proved that, it hears no more than a number made
    from the code, from which the code cannot be found."""
    addresses = (typed.address,) if typed.address else nearby
    hash, challenge = proof.code_hash(typed.code), secrets.token_hex(32)
    body = msgspec.json.encode(ProofRequest(code_id=proof.code_id(typed.code), challenge=challenge))
    failure: Exception = Unreachable()
    for address in addresses:
        try:
            spki = await asyncio.to_thread(key_at, address)
            response = await _first(PairingText((address,), "", spki, ""), Request("POST", "/v1/pair/proof", body))
        except (LinkLost, Unreachable, WrongServer):
            continue
        if response.status != 200:
            failure = _refusal(response)
            continue
        reply = msgspec.json.decode(response.body, type=ProofReply)
        if hmac.compare_digest(reply.answer, proof.server_answer(hash, challenge, spki)):
            return PairingText((address,), reply.cluster_id, spki, typed.code)
        failure = WrongServer(f"{address} does not know the code")
    raise failure


def _refusal(response: Response) -> Exception:
    try:
        body = msgspec.json.decode(response.body, type=ErrorBody)
    except msgspec.MsgspecError:
        return Refused(ErrorCode.BUSY)
    return Refused(body.error, body.detail, response.retry_after_s or body.retry_after_s)
