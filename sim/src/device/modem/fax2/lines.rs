//! Reads a page in T.4 coding for the ends of its lines: how many there are, for `+FPS`, and whether it is at its end.

/// A page ends with so many ends of line in a row (T.4 4.1.4).
const RETURN_TO_CONTROL: u32 = 6;

/// Reads octets, first bit lowest.
#[derive(Debug, Default)]
pub(super) struct LineCounter {
    /// Zeros in a row.
    zeros: u32,
    /// Bits since the last end of a line, its own 1 not among them.
    bits: u32,
    /// The tag bit behind the end of a line says how the next is coded.
    is_tagged: bool,
    lines: u32,
    /// Ends of line that follow each other directly.
    in_a_row: u32,
}

impl LineCounter {
    pub(super) fn new(is_two_dimensional: bool) -> LineCounter {
        LineCounter {
            is_tagged: is_two_dimensional,
            ..LineCounter::default()
        }
    }

    pub(super) fn lines(&self) -> u32 {
        self.lines
    }

    pub(super) fn push(&mut self, octets: &[u8]) {
        for octet in octets {
            for place in 0..8 {
                self.bit(octet >> place & 1 == 1);
            }
        }
    }

    /// An end of line is at least eleven zeros and a one. Between two that follow each other directly is no line.
    fn bit(&mut self, one: bool) {
        if !one {
            self.zeros = self.zeros.saturating_add(1);
            self.bits = self.bits.saturating_add(1);
            return;
        }
        let zeros = std::mem::take(&mut self.zeros);
        if zeros < 11 {
            self.bits = self.bits.saturating_add(1);
            return;
        }
        let before = std::mem::take(&mut self.bits);
        // Fill before an end of line cannot be told from its own zeros; a line has ones before them.
        let own = before.saturating_sub(zeros + u32::from(self.is_tagged));
        self.lines = self.lines.saturating_add(u32::from(own > 0));
        self.in_a_row = if own > 0 {
            1
        } else {
            self.in_a_row.saturating_add(1)
        };
    }

    /// The octets that a page still wants at its end: clients of Class 2 leave the return to control to their modem.
    pub(super) fn missing_end(&self) -> Vec<u8> {
        // What came behind the last end of a line and is no fill is a line of its own.
        let is_open = self.bits.saturating_sub(self.zeros) > u32::from(self.is_tagged);
        if self.in_a_row >= RETURN_TO_CONTROL && !is_open {
            return Vec::new();
        }
        let mut bits = Vec::new();
        for _ in 0..RETURN_TO_CONTROL {
            bits.extend([false; 11]);
            bits.push(true);
            bits.extend(self.is_tagged.then_some(true));
        }
        let octet = |bits: &[bool]| {
            let ones = bits.iter().enumerate().filter(|(_, one)| **one);
            ones.fold(0, |octet, (place, _)| octet | 1 << place)
        };
        bits.chunks(8).map(octet).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits as a page has them, packed.
    fn count(bits: &str, is_two_dimensional: bool) -> u32 {
        let bits: Vec<bool> = bits.chars().filter(|c| *c != ' ').map(|c| c == '1').collect();
        let octets: Vec<u8> = bits
            .chunks(8)
            .map(|octet| {
                let ones = octet.iter().enumerate().filter(|(_, one)| **one);
                ones.fold(0, |octet, (place, _)| octet | 1 << place)
            })
            .collect();
        let mut counter = LineCounter::new(is_two_dimensional);
        counter.push(&octets);
        counter.lines()
    }

    #[test]
    fn lines_stand_between_their_ends() {
        let eol = "000000000001";
        // White 1728 is 010011011 00110101.
        let line = "01001101100110101";
        let page = format!("{eol}{line}{eol}{line}{}", eol.repeat(6));
        assert_eq!(count(&page, false), 2);
        assert_eq!(count("", false), 0);
        assert_eq!(count(&format!("{eol}{line}000000{eol}"), false), 1, "with fill");
        let tagged = format!("{eol}1{line}{eol}01{}", format!("{eol}1").repeat(6));
        assert_eq!(count(&tagged, true), 2);
    }

    #[test]
    fn a_page_gets_the_end_that_it_lacks() {
        for is_two_dimensional in [false, true] {
            let mut counter = LineCounter::new(is_two_dimensional);
            counter.push(&[0x00, 0xe8, 0x12, 0x35]);
            let end = counter.missing_end();
            assert!(!end.is_empty());
            counter.push(&end);
            assert_eq!(counter.missing_end(), Vec::<u8>::new(), "once is enough");
            counter.push(&[0x35]);
            assert!(!counter.missing_end().is_empty(), "a line after the end");
        }
    }
}
