"""A Modbus server by pymodbus, laid out as an Eastron SDM630: input registers, big-endian f32, high word first.

Usage: foreign_modbus.py PORT tcp|rtu-over-tcp
"""
import struct
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

VALUES = {
    0x0000: 230.2, 0x0002: 231.4, 0x0004: 229.8,
    0x0006: 12.5, 0x0008: 11.75, 0x000A: 13.25,
    0x000C: 2760.0, 0x000E: 2610.5, 0x0010: 2930.25,
    0x0034: 8300.75, 0x003E: 0.97, 0x0046: 50.02, 0x0048: 123456.5,
}

registers = [0] * 0x0400
for address, value in VALUES.items():
    high, low = struct.unpack(">HH", struct.pack(">f", value))
    registers[address], registers[address + 1] = high, low

# zero_mode: the address in the request is the index of the list.
unit = ModbusSlaveContext(ir=ModbusSequentialDataBlock(0, registers), zero_mode=True)
StartTcpServer(
    context=ModbusServerContext(slaves={1: unit}, single=False),
    address=("127.0.0.1", int(sys.argv[1])),
    framer=ModbusRtuFramer if sys.argv[2] == "rtu-over-tcp" else ModbusSocketFramer,
)
