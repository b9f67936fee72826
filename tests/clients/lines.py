"""What a pyserial program sees of a simulated modem's lines. Arguments: the port's URL. The modem has the number 101;
200 answers. On standard output a line for each step that the test has to do from outside."""

import sys
import time

import serial

DEADLINE = 10


def wait(what, condition):
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"{what} did not come")
        time.sleep(0.005)


def ask(port, line, answer):
    port.write(line.encode() + b"\r")
    got = port.read_until(answer.encode())
    if answer.encode() not in got:
        sys.exit(f"{line}: {got!r}")


port = serial.serial_for_url(sys.argv[1], baudrate=57600, timeout=DEADLINE)
ask(port, "ATE0&C1&D2&S0", "OK\r\n")
assert port.cts and port.dsr, "CTS and DSR are on"
assert not port.ri and not port.cd, "RI and DCD are off"

print("call", flush=True)
wait("RI", lambda: port.ri)
got = port.read_until(b"RING\r\n")
assert b"RING" in got, got
wait("the end of RI", lambda: not port.ri)
ask(port, "ATA", "CONNECT 33600\r\n")
wait("DCD", lambda: port.cd)
print("hang up", flush=True)
got = port.read_until(b"NO CARRIER\r\n")
assert b"NO CARRIER" in got, got
wait("the end of DCD", lambda: not port.cd)

ask(port, "ATDT200", "CONNECT 33600\r\n")
wait("DCD", lambda: port.cd)
port.dtr = False
wait("the end of DCD after DTR", lambda: not port.cd)
port.dtr = True
port.read_until(b"NO CARRIER\r\n")
ask(port, "AT", "OK\r\n")

port.send_break(0.01)
port.bytesize = serial.SEVENBITS
port.parity = serial.PARITY_EVEN
port.baudrate = 9600
assert (port.bytesize, port.parity) == (7, "E")
ask(port, "AT", "OK\r\n")
print("done", flush=True)
sys.stdin.readline()
