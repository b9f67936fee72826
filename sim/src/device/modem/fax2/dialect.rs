//! The two ways of saying the same: Class 2.0 of T.32, and the Class 2 of its drafts, which came first and is spoken more.

/// How a session's responses are worded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// A fax machine is there.
    pub(super) connected: &'static str,
    /// The identification of the station that was called, and of the one that calls.
    pub(super) called_id: &'static str,
    pub(super) calling_id: &'static str,
    /// What the other station can do, and what is used.
    pub(super) capabilities: &'static str,
    pub(super) session: &'static str,
    /// How a page came, and what follows it.
    pub(super) page: &'static str,
    pub(super) message: &'static str,
    /// The call is over.
    pub(super) hang_up: &'static str,
    /// Negotiation is reported only as `+FNR` says; the page ends with what follows it; hang-up codes are hexadecimal.
    pub(super) is_standard: bool,
    /// Received pages have their bits the other way round than `+FBO` says and sent ones have: so did the modems that
    /// made Class 2 known, and clients of that class, such as mgetty and efax, count on it.
    pub(super) receives_reversed: bool,
}

pub(super) static CLASS_2_0: Dialect = Dialect {
    connected: "+FCO",
    called_id: "+FCI:",
    calling_id: "+FTI:",
    capabilities: "+FIS:",
    session: "+FCS:",
    page: "+FPS:",
    message: "+FET:",
    hang_up: "+FHS:",
    is_standard: true,
    receives_reversed: false,
};

pub(super) static CLASS_2: Dialect = Dialect {
    connected: "+FCON",
    called_id: "+FCSI: ",
    calling_id: "+FTSI: ",
    capabilities: "+FDIS: ",
    session: "+FDCS: ",
    page: "+FPTS: ",
    message: "+FET: ",
    hang_up: "+FHNG: ",
    is_standard: false,
    receives_reversed: true,
};

/// Why a session ended (T.32 table 20), as its two hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct HangUp(u8);

impl HangUp {
    pub(super) const NORMAL: HangUp = HangUp(0x00);
    /// By `+FKS`, CAN, or because the client waited too long.
    pub(super) const ABORTED: HangUp = HangUp(0x02);
    /// Sending: no fax machine answered.
    pub(super) const NO_ANSWER: HangUp = HangUp(0x11);
    pub(super) const SEND_A: HangUp = HangUp(0x10);
    /// Sending: the other station cannot receive, or hung up.
    pub(super) const SEND_B: HangUp = HangUp(0x20);
    pub(super) const NO_RESPONSE_TO_DCS: HangUp = HangUp(0x25);
    pub(super) const NO_TRAINING: HangUp = HangUp(0x27);
    pub(super) const SEND_C: HangUp = HangUp(0x40);
    pub(super) const SEND_D: HangUp = HangUp(0x50);
    pub(super) const NO_RESPONSE_TO_MPS: HangUp = HangUp(0x52);
    pub(super) const NO_RESPONSE_TO_EOP: HangUp = HangUp(0x54);
    pub(super) const NO_RESPONSE_TO_EOM: HangUp = HangUp(0x56);
    pub(super) const RECEIVE_B: HangUp = HangUp(0x70);
    /// Receiving: the page that was announced did not come.
    pub(super) const NO_PAGE: HangUp = HangUp(0x73);
    pub(super) const RECEIVE_C: HangUp = HangUp(0x90);
    pub(super) const RECEIVE_D: HangUp = HangUp(0xa0);

    /// As the dialect writes it: Class 2 counts in tens where the standard counts in sixteens.
    pub(super) fn text(self, dialect: &Dialect) -> String {
        match dialect.is_standard {
            true => format!("{:02X}", self.0),
            false => (u32::from(self.0 >> 4) * 10 + u32::from(self.0 & 0xf)).to_string(),
        }
    }
}

/// What follows a page (T.32 table 19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Message {
    /// Another page of the document.
    Mps = 0,
    /// Another document.
    Eom = 1,
    /// Nothing.
    Eop = 2,
}

impl Message {
    /// Its control field on the line.
    pub(super) fn fcf(self) -> u8 {
        use crate::wire::t30::fcf;
        match self {
            Message::Mps => fcf::MPS,
            Message::Eom => fcf::EOM,
            Message::Eop => fcf::EOP,
        }
    }

    /// The message of a control field; a request for an operator is heard and not granted.
    pub(super) fn of_fcf(received: u8) -> Option<Message> {
        const OPERATOR: u8 = 0x10;
        [Message::Mps, Message::Eom, Message::Eop]
            .into_iter()
            .find(|message| received & !OPERATOR == message.fcf() & !OPERATOR)
    }

    /// The message that ends a page behind DLE (T.32 8.3.3.7).
    pub(super) fn of_octet(octet: u8) -> Option<Message> {
        match octet {
            b',' => Some(Message::Mps),
            b';' => Some(Message::Eom),
            b'.' => Some(Message::Eop),
            _ => None,
        }
    }

    pub(super) fn no_response(self) -> HangUp {
        match self {
            Message::Mps => HangUp::NO_RESPONSE_TO_MPS,
            Message::Eom => HangUp::NO_RESPONSE_TO_EOM,
            Message::Eop => HangUp::NO_RESPONSE_TO_EOP,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_same_digits_in_both_dialects() {
        for (code, standard, draft) in [(HangUp::NORMAL, "00", "0"), (HangUp::NO_PAGE, "73", "73")] {
            assert_eq!(code.text(&CLASS_2_0), standard);
            assert_eq!(code.text(&CLASS_2), draft);
        }
        assert_eq!(HangUp::RECEIVE_D.text(&CLASS_2_0), "A0");
        assert_eq!(HangUp::RECEIVE_D.text(&CLASS_2), "100");
    }

    #[test]
    fn messages_are_known_by_their_fields() {
        for message in [Message::Mps, Message::Eom, Message::Eop] {
            assert_eq!(Message::of_fcf(message.fcf()), Some(message));
            assert_eq!(Message::of_fcf(message.fcf() | 0x10), Some(message), "PRI-Q");
        }
        assert_eq!(Message::of_fcf(crate::wire::t30::fcf::DCN), None);
    }
}
