//! CSTA in XML: no text makes the codec panic, and what is read and can be written reads the same again.
#![cfg_attr(fuzzing, no_main)]

use offhook_sim::wire::csta::xml::{self, Style};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// Plays one input: a document.
pub fn run(data: &[u8]) {
    let Ok(document) = xml::read(1, data) else { return };
    for (edition, prefix) in [(5, ""), (6, "csta")] {
        let style = Style {
            edition,
            prefix: prefix.to_owned(),
            prolog: true,
        };
        if let Ok(text) = xml::write(&style, &document) {
            let again = xml::read(1, text.as_bytes()).expect("what was written can be read");
            // Spaces around texts may have gone: the second writing is the first one.
            assert_eq!(xml::write(&style, &again).as_ref(), Ok(&text));
        }
    }
}
