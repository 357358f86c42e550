"""A Modbus client by pymodbus that reads and writes what it is told, and decodes with pymodbus's own decoder.

Usage: pymodbus_client.py PORT tcp|rtu-over-tcp. Standard input: a JSON list of questions such as
{"read": "holding", "address": 0, "type": "f32", "order": "CDAB"}; with "write", also "value". Standard output: a JSON list
of answers, {"value": ...} or {"exception": code}. Addresses count from 0.
"""
import json
import sys

from pymodbus.client import ModbusTcpClient
from pymodbus.constants import Endian
from pymodbus.payload import BinaryPayloadBuilder, BinaryPayloadDecoder
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

UNIT = 1
# type: registers, name of pymodbus's decode_ and add_ methods
TYPES = {
    "u16": (1, "16bit_uint"), "s16": (1, "16bit_int"), "u32": (2, "32bit_uint"), "s32": (2, "32bit_int"),
    "u64": (4, "64bit_uint"), "s64": (4, "64bit_int"), "f32": (2, "32bit_float"), "f64": (4, "64bit_float"),
}
# byte order within a word, order of the words
ORDERS = {
    "ABCD": (Endian.Big, Endian.Big), "CDAB": (Endian.Big, Endian.Little),
    "BADC": (Endian.Little, Endian.Big), "DCBA": (Endian.Little, Endian.Little),
}

client = ModbusTcpClient(
    "127.0.0.1",
    port=int(sys.argv[1]),
    framer=ModbusRtuFramer if sys.argv[2] == "rtu-over-tcp" else ModbusSocketFramer,
    timeout=20,
)


def orders(question):
    byteorder, wordorder = ORDERS[question.get("order", "ABCD")]
    return {"byteorder": byteorder, "wordorder": wordorder}


def read(question):
    area, address, kind = question["read"], question["address"], question.get("type")
    if area in ("coil", "discrete"):
        ask = client.read_coils if area == "coil" else client.read_discrete_inputs
        count = question.get("count", 1)
        answer = ask(address, count, slave=UNIT)
        return answer, lambda: answer.bits[:count]
    words = question["words"] if kind == "text" else TYPES[kind][0]
    ask = client.read_holding_registers if area == "holding" else client.read_input_registers
    answer = ask(address, words, slave=UNIT)

    def value():
        decoder = BinaryPayloadDecoder.fromRegisters(answer.registers, **orders(question))
        if kind == "text":
            return decoder.decode_string(2 * words).decode("ascii").rstrip("\0 ")
        return getattr(decoder, "decode_" + TYPES[kind][1])()

    return answer, value


def write(question):
    area, address, kind, value = question["write"], question["address"], question.get("type"), question["value"]
    if area == "coil":
        return client.write_coil(address, value, slave=UNIT)
    builder = BinaryPayloadBuilder(**orders(question))
    getattr(builder, "add_" + TYPES[kind][1])(value)
    words = builder.to_registers()
    if len(words) == 1 and not question.get("several"):
        return client.write_register(address, words[0], slave=UNIT)
    return client.write_registers(address, words, slave=UNIT)


def ask(question):
    answer, value = read(question) if "read" in question else (write(question), lambda: None)
    if not answer.isError():
        return {"value": value()}
    # Anything but an exception of the device (silence, a broken line) has no code and ends the client.
    return {"exception": answer.exception_code}


if not client.connect():
    sys.exit("no connection")
json.dump([ask(question) for question in json.load(sys.stdin)], sys.stdout)
client.close()
