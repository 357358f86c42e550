"""An OPC UA client by asyncua, told what to do by lines of JSON on standard input; answers by lines of JSON.

It lives through one session: connect, subscribe to the events of the Server object, call methods of conditions.
"""
import asyncio
import json
import sys
from pathlib import Path

from asyncua import Client, ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography.x509.oid import ExtendedKeyUsageOID

APPLICATION = "urn:foreign:scada"


def plain(value):
    if isinstance(value, ua.LocalizedText):
        return value.Text
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, ua.NodeId):
        return value.to_string()
    if isinstance(value, ua.StatusCode):
        return value.name
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    return str(value)


def say(**answer):
    print(json.dumps(answer), flush=True)


def fields_of(event):
    return {name: plain(variant.Value) for name, variant in event.get_event_props_as_fields_dict().items()}


class EventListener:
    def event_notification(self, event):
        say(event=fields_of(event))


class Session:
    def __init__(self, url, key, certificate):
        self.url, self.key, self.certificate = url, key, certificate
        self.client = None
        self.subscription = None

    async def connect(self, username, password, encrypted=True):
        client = Client(self.url)
        client.application_uri = APPLICATION
        if encrypted:
            await client.set_security(
                SecurityPolicyBasic256Sha256,
                certificate=self.certificate,
                private_key=self.key,
                mode=ua.MessageSecurityMode.SignAndEncrypt,
            )
        client.set_user(username)
        client.set_password(password)
        await client.connect()
        self.client = client

    async def subscribe(self):
        self.subscription = await self.client.create_subscription(100, EventListener())
        condition = self.client.get_node(ua.NodeId(ua.ObjectIds.AlarmConditionType))
        await self.subscription.subscribe_alarms_and_conditions(self.client.nodes.server, condition)

    async def refresh(self):
        kind = self.client.get_node(ua.NodeId(ua.ObjectIds.ConditionType))
        method = ua.NodeId(ua.ObjectIds.ConditionType_ConditionRefresh)
        await kind.call_method(method, ua.Variant(self.subscription.subscription_id, ua.VariantType.UInt32))

    async def call(self, condition, method, *arguments):
        """Methods are named by their declaration in the type, as most clients do."""
        node = self.client.get_node(condition)
        await node.call_method(ua.NodeId(getattr(ua.ObjectIds, method)), *arguments)

    async def acknowledge(self, condition, event, comment):
        await self.call(
            condition,
            "AcknowledgeableConditionType_Acknowledge",
            ua.Variant(bytes.fromhex(event), ua.VariantType.ByteString),
            ua.Variant(ua.LocalizedText(comment), ua.VariantType.LocalizedText),
        )

    async def comment(self, condition, event, comment):
        await self.call(
            condition,
            "ConditionType_AddComment",
            ua.Variant(bytes.fromhex(event), ua.VariantType.ByteString),
            ua.Variant(ua.LocalizedText(comment), ua.VariantType.LocalizedText),
        )

    async def timed_shelve(self, condition, milliseconds):
        await self.call(
            condition,
            "ShelvedStateMachineType_TimedShelve",
            ua.Variant(float(milliseconds), ua.VariantType.Double),
        )

    async def one_shot_shelve(self, condition):
        await self.call(condition, "ShelvedStateMachineType_OneShotShelve")

    async def unshelve(self, condition):
        await self.call(condition, "ShelvedStateMachineType_Unshelve")

    async def disable(self, condition):
        await self.call(condition, "ConditionType_Disable")

    async def browse(self, path):
        node = self.client.nodes.objects
        for name in path:
            children = {(await child.read_browse_name()).Name: child for child in await node.get_children()}
            if name not in children:
                raise KeyError(f"{name} not among {sorted(children)}")
            node = children[name]
        return node.nodeid.to_string()

    async def read(self, condition, path):
        node = await self.client.get_node(condition).get_child([f"0:{name}" for name in path])
        return plain(await node.read_value())

    async def disconnect(self):
        if self.client is not None:
            await self.client.disconnect()
            self.client = None


async def main():
    url, folder = sys.argv[1:]
    key, certificate = f"{folder}/client-key.pem", f"{folder}/client.der"
    await setup_self_signed_certificate(
        Path(key),
        Path(certificate),
        APPLICATION,
        "localhost",
        [ExtendedKeyUsageOID.CLIENT_AUTH],
        {"commonName": "Foreign SCADA", "organizationName": "Test"},
    )
    session = Session(url, key, certificate)
    say(ready=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        request = json.loads(line)
        try:
            result = await getattr(session, request["do"])(*request["with"])
            say(id=request["id"], ok=True, result=result)
        except ua.UaError as error:
            name = getattr(error, "code", None)
            say(id=request["id"], ok=False, error=type(error).__name__, code=name, detail=str(error))
        except Exception as error:  # told to the test, which decides
            say(id=request["id"], ok=False, error=type(error).__name__, detail=str(error))
    await session.disconnect()


asyncio.run(main())
