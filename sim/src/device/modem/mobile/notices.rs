//! What the network tells of supplementary services: who is connected (`+COLP`, 27.007 7.8), and what became of a call
//! (`+CSSN`, 27.007 7.17).

use super::calls::kind_of;
use crate::device::modem::Modem;
use crate::exchange::Notice;

impl Modem {
    /// The network says who is at the far end of the call that is being answered.
    pub fn connected_to(&mut self, number: Option<&str>) {
        if let Some(mobile) = &mut self.mobile {
            mobile.connected = number.map(str::to_owned);
        }
    }

    /// `+COLP`, where the modem made the call and asked for it.
    pub(in super::super) fn tell_connected(&mut self) {
        if !self.is_caller || !self.is_mobile() || self.settings.number("+COLP", 0) != 1 {
            return;
        }
        let number = self.mobile.as_mut().and_then(|mobile| mobile.connected.take());
        self.tell(match number {
            Some(number) => format!("+COLP: \"{number}\",{}", kind_of(&number)),
            None => "+COLP: \"\",128".to_owned(),
        });
    }

    /// `+CSSI` to whoever makes a call, `+CSSU` to whoever is in one.
    pub(in super::super) fn supplementary_notice(&mut self, notice: Notice) {
        let (name, place, code) = match notice {
            Notice::Forwarded => ("+CSSI", 0, 2),
            Notice::Waits => ("+CSSI", 0, 3),
            Notice::WasForwarded => ("+CSSU", 1, 0),
            Notice::Held => ("+CSSU", 1, 2),
            Notice::Retrieved => ("+CSSU", 1, 3),
            Notice::Conferenced => ("+CSSU", 1, 4),
            Notice::Transferred => ("+CSSU", 1, 8),
        };
        self.tell_service(name, place, code);
    }

    /// A call is made while the subscriber's own calls go elsewhere: always, or under conditions.
    pub(super) fn own_forwarding_notice(&mut self) {
        let forwards = self.mobile.iter().flat_map(|mobile| &mobile.forwards);
        let mut active = forwards.filter(|(_, (is_active, _))| *is_active);
        // The unconditional one has the lowest number.
        if let Some((reason, _)) = active.next() {
            self.tell_service("+CSSI", 0, u32::from(*reason != 0));
        }
    }

    fn tell_service(&mut self, name: &str, place: usize, code: u32) {
        if self.is_mobile() && self.settings.number("+CSSN", place) == 1 {
            self.tell(format!("{name}: {code}"));
        }
    }
}
