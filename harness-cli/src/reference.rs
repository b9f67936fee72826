//! `offhook list rules --markdown`: the rules as pages.

use std::fs;
use std::io;
use std::path::Path;

use offhook_conformance::rules::reference::{MARK, Page, pages};

use crate::cli::Listing;
use crate::fail::Fail;
use crate::output::print;
use crate::selftest::faults;

/// Writes the pages, and takes away those of themes that are no more.
pub fn write(what: Listing, dir: &Path) -> Result<(), Fail> {
    if !matches!(what, Listing::Rules) {
        return Err(Fail::usage("--markdown is for `offhook list rules`".to_owned()));
    }
    let unwritable = |error: io::Error| Fail::usage(format!("{}: {error}", dir.display()));
    let pages = pages(&faults());
    fs::create_dir_all(dir).map_err(unwritable)?;
    for name in stale(dir, &pages).map_err(unwritable)? {
        fs::remove_file(dir.join(name)).map_err(unwritable)?;
    }
    for page in &pages {
        fs::write(dir.join(&page.file), &page.text).map_err(unwritable)?;
    }
    print(&format!("{} pages in {}\n", pages.len(), dir.display()));
    Ok(())
}

/// The pages in a folder that were made once and are no more.
fn stale(dir: &Path, pages: &[Page]) -> io::Result<Vec<String>> {
    let mut stale = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let made = name.ends_with(".md") && fs::read_to_string(dir.join(&name))?.starts_with(MARK);
        if made && !pages.iter().any(|page| page.file == name) {
            stale.push(name);
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_current() {
        let dir = Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../conformance/rules-reference"
        ));
        let pages = pages(&faults());
        let mut outdated = stale(dir, &pages).unwrap_or_default();
        let differs = |page: &&Page| {
            let there = fs::read_to_string(dir.join(&page.file)).unwrap_or_default();
            there.replace("\r\n", "\n") != page.text
        };
        outdated.extend(pages.iter().filter(differs).map(|page| page.file.clone()));
        assert!(
            outdated.is_empty(),
            "{outdated:?} are not what the rules say: \
             `cargo run -- list rules --markdown conformance/rules-reference` writes them"
        );
    }

    #[test]
    fn pages_that_were_made_before_go_and_others_stay() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("gone.md"), format!("{MARK}\n")).unwrap();
        fs::write(dir.path().join("mine.md"), "notes").unwrap();
        write(Listing::Rules, dir.path()).unwrap();
        assert!(!dir.path().join("gone.md").exists());
        assert!(dir.path().join("mine.md").exists() && dir.path().join("README.md").exists());
        assert!(write(Listing::Verbs, dir.path()).is_err());
    }
}
