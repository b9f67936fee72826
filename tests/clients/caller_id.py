"""What phone-modem says of a call, a line for each state; it turns the first caller that it knows away. Argument: the
modem's port."""

import asyncio
import sys

from phone_modem import PhoneModem


async def main():
    known = asyncio.Event()
    modem = PhoneModem()

    def tell(state):
        print(state, modem.cid_number, modem.cid_name, flush=True)
        if state == PhoneModem.STATE_CALLERID:
            known.set()

    modem.registercallback(tell)
    await modem.initialize(sys.argv[1])
    await modem._set_state(PhoneModem.STATE_IDLE)
    print("idle", flush=True)
    await asyncio.wait_for(known.wait(), 20)
    await modem.reject_call()
    await modem.close()


asyncio.run(main())
