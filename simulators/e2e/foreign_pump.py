"""A Modbus TCP server by pymodbus, laid out as generic/booster-pump-set: holding registers, f32 with the low word first."""
import struct
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartTcpServer

registers = [0] * 16
for address, value in {0: 0.45, 2: 0.45, 4: 0.25}.items():
    high, low = struct.unpack(">HH", struct.pack(">f", value))
    registers[address], registers[address + 1] = low, high
registers[6:9] = [785, 4200, 120]
# pump 1 runs, automatic; nothing else.
states = [True, False, False, False, True, False, False] + [False] * 9

unit = ModbusSlaveContext(
    hr=ModbusSequentialDataBlock(0, registers), di=ModbusSequentialDataBlock(0, states), zero_mode=True
)
StartTcpServer(context=ModbusServerContext(slaves={1: unit}, single=False), address=("127.0.0.1", int(sys.argv[1])))
