"""How devices and people get in: hello, pairing, tokens, sign-in, new identities. Everything here is guessed at slowly or not at all."""

import asyncio
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from oms.api.errors import server_time
from oms.api.rate import Rates, hashed
from oms.api.scoping import at
from oms.api.sync_routes import device_of, stamped
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.feed import shapes
from oms.feed.refusals import Refusal
from oms.people import credentials, server_keys, sessions, trust
from oms.people.asking import site_of_code, site_of_device
from sync.contract.codes import ErrorCode
from sync.contract.version import API_MAX, API_MIN, PULL_SCHEMA
from sync.contract.wire import (
    Hello,
    NonceReply,
    NonceRequest,
    PairReply,
    PairRequest,
    ProofReply,
    ProofRequest,
    ReforkReply,
    ReforkRequest,
    SessionReply,
    SessionRequest,
    TokenReply,
    TokenRequest,
)

Asker = Request[Any, Any, Any]


def _rates(request: Asker) -> Rates:
    found: Rates = request.app.state.rates
    return found


def _address(request: Asker) -> str:
    return request.client.host if request.client else ""


@get("/v1/hello", summary="Who this server is", sync_to_thread=True)
def hello(oms: NamedDependency[Oms]) -> Hello:
    """Open to all. Nothing in it is proof: the key pinned at pairing is."""
    return Hello(
        cluster_id=oms.cluster_id,
        epoch=oms.epoch(),
        api=(API_MIN, API_MAX),
        spki=oms.spki,
        server_time=server_time(),
        name=oms.site,
        kinds=shapes.kinds(),
        pull=(1, PULL_SCHEMA),
    )


@post("/v1/pair", status_code=201, summary="Let a device in with a one-time code", sync_to_thread=True)
def pair(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PairRequest]) -> PairReply:
    """201; 401 signature; 404 unknown, 409 used, 410 expired code; 429."""
    address = _address(request)
    _rates(request).pair.spend(address)
    # The code knows its site.
    oms = at(oms, site_of_code(oms.sessions, data.code))
    try:
        device_id = oms.works.run(oms.site, Actor("pairing"), lambda w: trust.pair(w, data))
    except Refusal as no:
        _refused(oms, "pairing.refused", no, address)
        raise
    return PairReply(
        device_id=device_id,
        site=oms.site,
        cluster_id=oms.cluster_id,
        epoch=oms.epoch(),
        spki=oms.spki,
        server_time=server_time(),
    )


@post("/v1/pair/proof", status_code=200, summary="Prove to know a typed code", sync_to_thread=True)
def pair_proof(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ProofRequest]) -> ProofReply:
    """200; 404 unknown, used or too old; 429."""
    _rates(request).pair.spend(_address(request))
    with oms.sessions() as db:
        answer = trust.prove(db, data, oms.spki)
    return ProofReply(answer=answer, cluster_id=oms.cluster_id, epoch=oms.epoch(), server_time=server_time())


@post("/v1/token/nonce", status_code=200, summary="Something to sign", sync_to_thread=True)
def nonce(oms: NamedDependency[Oms], request: Asker, data: JSONBody[NonceRequest]) -> NonceReply:
    """200; 429."""
    _of_one(request, data.device_id)
    with oms.sessions.begin() as db:
        made = trust.new_nonce(db, data.device_id)
    return NonceReply(nonce=made, epoch=oms.epoch(), server_time=server_time())


@post("/v1/token", status_code=200, summary="A bearer token for a signed nonce", sync_to_thread=True)
def token(oms: NamedDependency[Oms], request: Asker, data: JSONBody[TokenRequest]) -> TokenReply:
    """200; 401; 403 revoked. Needs a fresh nonce, which is limited already."""
    # Before the transaction: who holds a connection and waits for a second one may wait for others who do the same.
    site = site_of_device(oms.sessions, data.device_id) or oms.site
    try:
        with oms.sessions.begin() as db:
            access = trust.new_token(db, data, oms.spki)
            pins = server_keys.announced(db, oms.spki)
            credential = credentials.credential_of(db, oms.cluster_id, data.device_id)
            revoked = credentials.revoked(db, site)
    except Refusal as no:
        if no.code is ErrorCode.REVOKED:
            _refused(oms, "token.refused", no, _address(request), data.device_id)
        raise
    _rates(request).good(access)
    ttl = int(trust.TOKEN_TTL.total_seconds())
    return TokenReply(
        access=access,
        ttl_s=ttl,
        epoch=oms.epoch(),
        server_time=server_time(),
        pins=pins,
        credential=credential,
        revoked=revoked,
    )


@post("/v1/sessions", status_code=201, summary="Sign a person in")
async def sign_in(oms: NamedDependency[Oms], request: Asker, data: JSONBody[SessionRequest]) -> SessionReply:
    """201; 401 unknown or wrong; 423 locked; 429."""

    def run() -> SessionReply:
        device = device_of(oms, request)
        rates = _rates(request)
        rates.sessions.spend(device.id)
        try:
            return sessions.sign_in(oms, device, data, oms.epoch())
        except Refusal as no:
            if no.status == 401:
                rates.strangers.spend(device.id)
            raise

    return stamped(await asyncio.to_thread(run))


@post("/v1/devices/refork", status_code=201, summary="A new identity for a forked log", sync_to_thread=True)
def refork(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ReforkRequest]) -> ReforkReply:
    """201; 401; 403 revoked; 429."""
    _of_one(request, data.old_device)
    oms = at(oms, site_of_device(oms.sessions, data.old_device))
    device_id = oms.works.run(oms.site, Actor("sync", device=data.old_device[:64]), lambda w: trust.refork(w, data))
    return ReforkReply(device_id=device_id, epoch=oms.epoch(), server_time=server_time())


def _of_one(request: Asker, device: str) -> None:
    """One try of what claims to be this device."""
    address, rates = _address(request), _rates(request)
    rates.token.spend(address)
    rates.token_of_one.spend(f"{address} {hashed(device)}")


def _refused(oms: Oms, what: str, no: Refusal, address: str, device: str | None = None) -> None:
    """Who was not let in is written down too; a used code and a wrong signature alike."""
    known = device.replace("\0", "")[:64] if device else None
    oms.works.run(oms.site, Actor("pairing", device=known), lambda w: w.audit(what, why=no.code, address=address))


ROUTES: list[HTTPRouteHandler] = [hello, pair, pair_proof, nonce, token, sign_in, refork]
