//! Which module an address lies in, by the lines of `/proc/self/maps`. It allocates nothing, because a crash handler may not.

use super::Note;
use std::fmt::Write;

/// The longest line that is looked at; of a longer one the end is lost.
const LINE: usize = 1024;

/// Goes through the text as it comes.
pub struct Search {
    at: usize,
    line: [u8; LINE],
    length: usize,
    /// The path of the line before and its own length, and where that file was mapped first.
    path: [u8; LINE],
    path_length: usize,
    base: usize,
}

impl Search {
    /// A search for the module of this address.
    pub fn new(at: usize) -> Search {
        Search {
            at,
            line: [0; LINE],
            length: 0,
            path: [0; LINE],
            path_length: 0,
            base: 0,
        }
    }

    /// Takes a piece of the text. As soon as the address is found, its offset from the module's first page; the file's name
    /// goes into `name`.
    pub fn take(&mut self, text: &[u8], name: &mut Note) -> Option<usize> {
        for byte in text {
            if *byte == b'\n' {
                let found = self.line(name);
                self.length = 0;
                if found.is_some() {
                    return found;
                }
            } else if let Some(room) = self.line.get_mut(self.length) {
                *room = *byte;
                self.length += 1;
            }
        }
        None
    }

    /// `start-end perms offset device inode path`.
    fn line(&mut self, name: &mut Note) -> Option<usize> {
        let line = std::str::from_utf8(self.line.get(..self.length)?).ok()?;
        let (start, rest) = line.split_once('-')?;
        let (end, _) = rest.split_once(' ')?;
        let start = usize::from_str_radix(start, 16).ok()?;
        let end = usize::from_str_radix(end, 16).ok()?;
        let path = line.find('/').and_then(|at| line.get(at..)).unwrap_or("");
        if path.as_bytes() != self.path.get(..self.path_length)? {
            self.path_length = path.len();
            self.path.get_mut(..path.len())?.copy_from_slice(path.as_bytes());
            self.base = start;
        }
        if path.is_empty() || !(start..end).contains(&self.at) {
            return None;
        }
        let file = path.rsplit('/').next().unwrap_or(path);
        // A name that does not fit is cut, which beats none.
        let _ = name.write_str(file);
        self.at.checked_sub(self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
55d0a0000000-55d0a0004000 r--p 00000000 08:01 11 /opt/offhook-provider-host
55d0a0004000-55d0a0010000 r-xp 00004000 08:01 11 /opt/offhook-provider-host
55d0a1000000-55d0a1021000 rw-p 00000000 00:00 0  [heap]
7f0000000000-7f0000002000 r--p 00000000 08:01 12 /work of a vendor/libvendor_tsp.so
7f0000002000-7f0000009000 r-xp 00002000 08:01 12 /work of a vendor/libvendor_tsp.so
7f0000009000-7f000000a000 rw-p 00009000 08:01 12 /work of a vendor/libvendor_tsp.so
7f000000a000-7f000000b000 rw-p 00000000 00:00 0
";

    fn module(at: usize, piece: usize) -> Option<(String, usize)> {
        let (mut search, mut name) = (Search::new(at), Note::default());
        let offset = MAPS
            .as_bytes()
            .chunks(piece)
            .find_map(|text| search.take(text, &mut name))?;
        Some((name.text().to_owned(), offset))
    }

    #[test]
    fn an_address_is_an_offset_from_the_first_page_of_its_file() {
        for piece in [1, 7, 4096] {
            let found = module(0x7f00_0000_2345, piece);
            assert_eq!(found, Some(("libvendor_tsp.so".to_owned(), 0x2345)));
            let own = module(0x55d0_a000_4001, piece);
            assert_eq!(own, Some(("offhook-provider-host".to_owned(), 0x4001)));
        }
    }

    #[test]
    fn memory_of_no_file_and_no_memory_have_no_module() {
        for at in [0x55d0_a100_0010, 0x7f00_0000_a010, 0x10, usize::MAX] {
            assert_eq!(module(at, 4096), None);
        }
    }

    #[test]
    fn a_line_without_end_and_a_text_of_anything_are_no_harm() {
        let (mut search, mut name) = (Search::new(1), Note::default());
        assert_eq!(search.take(&[b'x'; 5000], &mut name), None);
        assert_eq!(search.take(b"\n-\n0-9\n0-z rw\n\xff\n", &mut name), None);
    }
}
