"""Decodes and encodes again what the tests hand over, with asn1tools: a reading of CSTA's types that is not ours.

Arguments: files of type definitions. Input: lines of "type hexadecimal", where a message follows the type of what it carries
in an ANY, as in "ROSEapdu:MakeCallArgument hexadecimal". Output: the same lines, encoded again.
"""

import sys

import asn1tools

text = "CSTA DEFINITIONS ::= BEGIN\n" + "".join(open(name).read() for name in sys.argv[1:]) + "END\n"
# asn1tools knows no ANY inside a CHOICE; the standard's own text has NULL there.
schema = asn1tools.compile_string(text.replace("private ANY", "private NULL"), "ber")


def again(name, encoded):
    """What is encoded, encoded once more."""
    name, _, carried = name.partition(":")
    value = schema.decode(name, encoded)
    if carried:
        kind, members = value
        if kind == "rors":
            members = members["result"]
        member = {"roiv": "argument", "rors": "result", "roer": "parameter"}[kind]
        members[member] = again(carried, members[member])
    return schema.encode(name, value)


for line in sys.stdin:
    name, encoded = line.split()
    try:
        print(name, again(name, bytes.fromhex(encoded)).hex())
    except Exception as error:  # the test names the line that failed
        print(name, "failed:", repr(error).replace("\n", " "))
