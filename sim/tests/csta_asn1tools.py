"""Decodes and encodes again what the tests hand over, with asn1tools: a reading of CSTA's types that is not ours.

Arguments: files of type definitions. Input: lines of "type hexadecimal". Output: the same lines, encoded again.
"""

import sys

import asn1tools

text = "CSTA DEFINITIONS ::= BEGIN\n" + "".join(open(name).read() for name in sys.argv[1:]) + "END\n"
# asn1tools knows no ANY inside a CHOICE; the standard's own text has NULL there.
schema = asn1tools.compile_string(text.replace("private ANY", "private NULL"), "ber")
for line in sys.stdin:
    name, encoded = line.split()
    try:
        value = schema.decode(name, bytes.fromhex(encoded))
        print(name, schema.encode(name, value).hex())
    except Exception as error:  # the test names the line that failed
        print(name, "failed:", repr(error).replace("\n", " "))
