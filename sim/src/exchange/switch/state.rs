//! The states of a connection, and the call states that pairs of them make.

use super::coded::coded_enum;

coded_enum! {
    /// The state of a connection (ECMA-269 6.1.5). A device that is not in a call has state null in it.
    ConnectionState {
        Null = 0 "null",
        Initiated = 1 "initiated",
        Alerting = 2 "alerting",
        Connected = 3 "connected",
        Hold = 4 "hold",
        Queued = 5 "queued",
        Fail = 6 "fail",
    }
}

/// The states of a call that have a number of their own: (number, name, local state, state at the other end).
const SIMPLE_CALL_STATES: &[(u16, &str, ConnectionState, ConnectionState)] = {
    use ConnectionState::*;
    &[
        (0x00, "callNull", Null, Null),
        (0x01, "callPending", Initiated, Null),
        (0x03, "callOriginated", Connected, Null),
        (0x23, "callDelivered", Connected, Alerting),
        (0x24, "callDeliveredHeld", Hold, Alerting),
        (0x32, "callReceived", Alerting, Connected),
        (0x33, "callEstablished", Connected, Connected),
        (0x34, "callEstablishedHeld", Hold, Connected),
        (0x42, "callReceivedOnHold", Alerting, Hold),
        (0x43, "callEstablishedOnHold", Connected, Hold),
        (0x53, "callQueued", Connected, Queued),
        (0x54, "callQueuedHeld", Hold, Queued),
        (0x63, "callFailed", Connected, Fail),
        (0x64, "callFailedHeld", Hold, Fail),
        (0x60, "callBlocked", Null, Fail),
    ]
};

/// The number and name of the simple call state that a device sees in a call of at most two connections: its own
/// state and that of the other end. `None` where the standard has no name for the pair; a compound state says it then.
pub fn simple_call_state(local: ConnectionState, other: ConnectionState) -> Option<(u16, &'static str)> {
    SIMPLE_CALL_STATES
        .iter()
        .find(|(_, _, ours, theirs)| (*ours, *theirs) == (local, other))
        .map(|(code, name, ..)| (*code, *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simple_state_packs_the_other_end_above_the_local_one() {
        for (code, name, local, other) in SIMPLE_CALL_STATES {
            assert_eq!(*code, other.code() << 4 | local.code(), "{name}");
        }
        assert_eq!(
            simple_call_state(ConnectionState::Connected, ConnectionState::Alerting),
            Some((35, "callDelivered"))
        );
        assert_eq!(
            simple_call_state(ConnectionState::Fail, ConnectionState::Hold),
            None
        );
    }
}
