"""What the server says with every token so that devices can judge each other without it: a credential, and who was shut out."""

import msgspec
import pytest

from oms.people import credentials, trust
from sync.client.handover import HandOverKeys
from sync.client.identity import own_key, public_hex
from sync.contract.handover import credential_words
from sync.contract.wire import DeviceCredential

pytestmark = pytest.mark.postgres


def test_every_token_brings_a_credential_that_the_site_s_key_signed(raw, warehouse):
    one, other = raw(), raw()
    vouched = [msgspec.convert(device.token()[1]["credential"], DeviceCredential) for device in (one, other)]
    keys = HandOverKeys(one.store.ports().meta)
    assert vouched[0].signer == vouched[1].signer
    for device, credential in zip((one, other), vouched, strict=True):
        assert credential.device_id == device.store.identity.device_id
        assert credential.pubkey == public_hex(own_key(device.store.ports().meta))
        assert (credential.cluster_id, credential.site) == (warehouse.oms.cluster_id, warehouse.site)
        assert keys.verifies(credential.signer, credential.signature, credential_words(credential))
        renamed = msgspec.structs.replace(credential, label="somebody else")
        assert not keys.verifies(credential.signer, credential.signature, credential_words(renamed))


def test_who_was_shut_out_is_told_to_the_others(raw, warehouse):
    one, other = raw(), raw()
    assert one.token()[1]["revoked"] == []
    gone = other.store.identity.device_id
    warehouse.act(lambda w: trust.revoke(w, gone))
    assert one.token()[1]["revoked"] == [gone]


def test_two_servers_of_one_database_sign_with_one_key(warehouse):
    with warehouse.oms.sessions.begin() as db:
        assert credentials.credential_of(db, "c", "nobody") is None
    with warehouse.oms.sessions.begin() as first:
        made = credentials._key(first, warehouse.site)
    with warehouse.oms.sessions.begin() as second:
        assert credentials._key(second, warehouse.site).private_bytes_raw() == made.private_bytes_raw()


@pytest.mark.parametrize("spoiled", ["", "zz", "00" * 64])
def test_what_is_no_signature_verifies_nothing(raw, spoiled):
    keys = HandOverKeys(raw(paired=False).store.ports().meta)
    assert not keys.verifies("11" * 32, spoiled, b"x")
    assert not keys.verifies(spoiled, "11" * 64, b"x")
