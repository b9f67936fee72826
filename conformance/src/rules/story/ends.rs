//! Which call is the other end of which: calls between two lines of one provider, and what its test extensions do.

use super::{CallLife, Invocation, Origin, Story};

impl Story<'_> {
    /// The other end of a call that was made to another line of the provider, or that came from one.
    pub fn other_end(&self, call: &CallLife) -> Option<&CallLife> {
        let caller = || {
            self.calls
                .iter()
                .find(|other| self.called_by(other).is_some_and(|called| called.ht == call.ht))
        };
        self.called_by(call).or_else(caller)
    }

    /// The call that rang where a call was made to, by the number of an address of the provider.
    fn called_by(&self, call: &CallLife) -> Option<&CallLife> {
        let Origin::Made(made) = call.origin else {
            return None;
        };
        let one = self.invocations.get(made)?;
        if one.function.name != "TSPI_lineMakeCall" {
            return None;
        }
        let called = self.line_at(&one.text_in("lpszDestAddress")?)?;
        self.calls.iter().find(|other| {
            matches!(other.origin, Origin::Announced(at) if at > call.begun) && other.line == Some(called)
        })
    }

    /// TAPI's handle of the open line whose address has this number.
    pub fn line_at(&self, number: &str) -> Option<u64> {
        if number.is_empty() {
            return None;
        }
        let mut caps = self.answers("LINEADDRESSCAPS");
        let device = caps.find(|caps| caps.text("Address") == Some(number))?.device?;
        self.lines
            .iter()
            .find(|line| line.device == device)
            .map(|line| line.ht)
    }

    /// What `TSPI_lineDevSpecific` asks of the extensions for tests that `model-tsp` has: operation and operand.
    pub fn test_operation<'i>(&self, one: &Invocation<'i>) -> Option<(u8, &'i [u8])> {
        const EXTENSIONS: [u32; 4] = [0x7ee5_5017, 0x11d3_9a42, 0xc000_4bb5, 0x4f66_8a10];
        let mut known = self.invocations_of("TSPI_lineGetExtensionID");
        let wanted: Vec<u8> = EXTENSIONS.iter().flat_map(|part| part.to_le_bytes()).collect();
        known.find(|one| one.bytes_out("lpExtensionID") == Some(&wanted))?;
        let (operation, operand) = one.bytes_in("lpParams")?.split_first()?;
        Some((*operation, operand))
    }

    /// What an out argument held when the request was over: as it was read anew after the return, or at the return.
    pub fn left<'s>(&'s self, one: &'s Invocation<'_>, name: &str) -> Option<&'s [u8]> {
        use crate::trace::What;
        let What::Call { seq, .. } = &self.events.get(one.called)?.what else {
            return None;
        };
        let position = one.function.arg(name)?;
        let later = self.events[one.called..]
            .iter()
            .rev()
            .find_map(|event| match &event.what {
                What::Kept { seq: of, outs } if of == seq && event.by == self.party => Some(outs),
                _ => None,
            });
        let later = later.and_then(|outs| outs.iter().find(|(index, _)| usize::from(*index) == position));
        later
            .map(|(_, bytes)| bytes.as_slice())
            .or_else(|| one.bytes_out(name))
    }
}
