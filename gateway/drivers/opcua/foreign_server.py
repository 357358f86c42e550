# An OPC UA server that is not ours (asyncua) with three variables of a pump. Reads JSON lines from stdin: {"name": value, ...} writes
# all of them in one go; a list writes one value after the other. Says {"ready": true} once it listens.
import asyncio
import json
import logging
import sys

from asyncua import Server, ua

logging.disable(logging.CRITICAL)
TYPES = {"Running": ua.VariantType.Boolean, "Pressure": ua.VariantType.Double, "Serial": ua.VariantType.String}


async def main(url):
    server = Server()
    await server.init()
    server.set_endpoint(url)
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    index = await server.register_namespace("urn:foreign:pumps")
    pump = await server.nodes.objects.add_object(index, "Pump")
    variables = {}
    for name, first in {"Running": True, "Pressure": 12.5, "Serial": "SN-7"}.items():
        node = ua.NodeId(f"P1.{name}", index)
        variables[name] = await pump.add_variable(node, name, first, varianttype=TYPES[name])
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with server:
        print(json.dumps({"ready": True, "namespace": index}), flush=True)
        while line := await lines.readline():
            for name, values in json.loads(line).items():
                for value in values if isinstance(values, list) else [values]:
                    await variables[name].write_value(ua.Variant(value, TYPES[name]))


asyncio.run(main(sys.argv[1]))
