# A Sparkplug B edge node that is not ours (pysparkplug) with a booster set: counts its motor current up by 1 A four times a
# second, takes a pressure set-point by DCMD and shows it, is born again when asked. Arguments: port, user, password.
import sys
import threading
import time

import pysparkplug as spb

PORT, USER, PASSWORD = int(sys.argv[1]), sys.argv[2], sys.argv[3]
BY_ALIAS = {1: "Outlet/SetPoint", 2: "Drive/Current"}
ALIAS = {name: alias for alias, name in BY_ALIAS.items()}
asked_again = threading.Event()
told = []


def metric(name, datatype, value):
    return spb.Metric(
        timestamp=int(time.time() * 1000), name=name, datatype=datatype, value=value, alias=ALIAS.get(name)
    )


def node_commanded(_node, message):
    if any(one.name == "Node Control/Rebirth" for one in message.payload.metrics):
        asked_again.set()


def commanded(_node, message):
    for one in message.payload.metrics:
        print(f"told {one.name} {one.alias} {one.datatype.name} {one.value}", flush=True)
        if BY_ALIAS.get(one.alias) == "Outlet/SetPoint":
            told.append(one.value)


client = spb.Client(username=USER, password=PASSWORD)
node = spb.EdgeNode(
    "plant", USER, [metric("Node Control/Rebirth", spb.DataType.BOOLEAN, False)], client, node_commanded
)
node.register(
    spb.Device(
        "booster",
        [
            metric("Outlet/Pressure", spb.DataType.FLOAT, 0.45),
            metric("Outlet/SetPoint", spb.DataType.FLOAT, 0.45),
            metric("Drive/Current", spb.DataType.UINT16, 0),
            metric("Pump 1/State", spb.DataType.STRING, "Running"),
            metric("Mode/Auto", spb.DataType.BOOLEAN, True),
            metric("Dry Run", spb.DataType.BOOLEAN, False),
        ],
        commanded,
    )
)
node.connect("127.0.0.1", port=PORT)
count = 0
while True:
    time.sleep(0.25)
    if asked_again.is_set():
        asked_again.clear()
        print("rebirth asked", flush=True)
        node.disconnect()
        node.connect("127.0.0.1", port=PORT)
        continue
    if not client._client.is_connected():
        continue
    count += 1
    try:
        node.update_device("booster", [metric("Drive/Current", spb.DataType.UINT16, count)])
        print(f"sent {count}", flush=True)
        while told:
            node.update_device("booster", [metric("Outlet/SetPoint", spb.DataType.FLOAT, told.pop())])
    except Exception as gone:  # the connection went between the look and the publish; the library opens it again
        print(f"not sent: {gone}", flush=True)
