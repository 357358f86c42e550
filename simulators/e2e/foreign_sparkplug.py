# A Sparkplug B edge node that is not ours (pysparkplug): one device, a reading of its temperature by name and of its
# starts by alias alone twice a second. Born again when the host asks for it. Arguments: port, user, password.
import sys
import threading
import time

import pysparkplug as spb

PORT, USER, PASSWORD = int(sys.argv[1]), sys.argv[2], sys.argv[3]
STARTS_ALIAS = 7
asked_again = threading.Event()


def now():
    return int(time.time() * 1000)


def metric(name, datatype, value, alias=None):
    return spb.Metric(timestamp=now(), name=name, datatype=datatype, value=value, alias=alias)


def commanded(_node, message):
    if any(one.name == "Node Control/Rebirth" for one in message.payload.metrics):
        print("rebirth asked", flush=True)
        asked_again.set()


client = spb.Client(username=USER, password=PASSWORD)
node = spb.EdgeNode(
    "louwei", USER, [metric("Node Control/Rebirth", spb.DataType.BOOLEAN, False)], client, commanded
)
node.register(
    spb.Device(
        "boiler-7",
        [
            metric("temperature", spb.DataType.DOUBLE, 61.5),
            metric("running", spb.DataType.BOOLEAN, True),
            metric("starts", spb.DataType.UINT32, 12, STARTS_ALIAS),
            metric("note", spb.DataType.STRING, "锅炉"),
        ],
    )
)
node.connect("127.0.0.1", port=PORT)
count = 0
while True:
    time.sleep(0.5)
    if asked_again.is_set():
        asked_again.clear()
        node.disconnect()
        node.connect("127.0.0.1", port=PORT)
        continue
    if not client._client.is_connected():
        continue
    count += 1
    try:
        node.update_device("boiler-7", [metric("temperature", spb.DataType.DOUBLE, 61.5 + count)])
        starts = spb.Metric(timestamp=now(), name=None, datatype=spb.DataType.UINT32, value=12 + count, alias=STARTS_ALIAS)
        topic = spb.Topic(
            message_type=spb.MessageType.DDATA, group_id="louwei", edge_node_id=USER, device_id="boiler-7"
        )
        payload = spb.DData(timestamp=now(), seq=node._seq, metrics=(starts,))
        client.publish(
            spb.Message(topic=topic, payload=payload, qos=spb.QoS.AT_MOST_ONCE, retain=False), include_dtypes=False
        )
        print(f"sent {count}", flush=True)
    except Exception as gone:  # the connection went between the look and the publish; the library opens it again
        print(f"not sent: {gone}", flush=True)
