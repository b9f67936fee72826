//! Golden files: read, compared and left for review in insta's own form, so that `cargo insta review` works on
//! what a run leaves pending.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use insta::{Comparator, Snapshot};
use similar::TextDiff;

use crate::trace::{lanes, same_lanes};

/// What to do with a trace that has no golden file or differs from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// Say so and leave nothing: for CI, and where `INSTA_UPDATE=no`.
    No,
    /// Say so and leave a `.snap.new` file for review.
    Pending,
    /// Accept the trace.
    Accept,
}

impl Update {
    /// As insta decides it: `INSTA_UPDATE`, else nothing is left where `CI` is set.
    pub fn from_environment() -> Update {
        match std::env::var("INSTA_UPDATE").as_deref() {
            Ok("no") => Update::No,
            Ok("always" | "force") => Update::Accept,
            Ok("new" | "unseen") => Update::Pending,
            _ if std::env::var_os("CI").is_some_and(|ci| ci != "false") => Update::No,
            _ => Update::Pending,
        }
    }
}

/// How a trace compares with its golden file.
#[derive(Debug, PartialEq, Eq)]
pub enum Compared {
    /// The same in every lane.
    Same,
    /// Accepted as the new golden file.
    Accepted,
    /// There is no golden file.
    Missing,
    /// It differs; a unified diff.
    Differs(String),
}

/// Why a golden file could not be used.
#[derive(Debug, thiserror::Error)]
#[error("golden file {}: {why}", path.display())]
pub struct GoldenError {
    path: PathBuf,
    why: String,
}

/// Matches two traces lane by lane: the order between lanes is not promised.
#[derive(Clone)]
struct LaneComparator;

impl Comparator for LaneComparator {
    fn matches(&self, reference: &Snapshot, test: &Snapshot) -> bool {
        same_lanes(&text(reference), &text(test))
    }

    fn dyn_clone(&self) -> Box<dyn Comparator> {
        Box::new(self.clone())
    }
}

fn text(snapshot: &Snapshot) -> String {
    snapshot.as_text().map(ToString::to_string).unwrap_or_default()
}

/// The golden file of a name in a folder.
pub fn golden_path(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.snap"))
}

/// Compares a rendered trace with the golden file `name` in `dir`. `source` is the scenario file, for the
/// golden file's header.
pub fn compare(
    dir: &Path,
    name: &str,
    source: &str,
    rendered: &str,
    update: Update,
) -> Result<Compared, GoldenError> {
    let path = golden_path(dir, name);
    let pending = dir.join(format!("{name}.snap.new"));
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |why: &dyn std::fmt::Display| GoldenError {
            path,
            why: why.to_string(),
        }
    };
    fs::create_dir_all(dir).map_err(|error| failed(dir)(&error))?;

    let written = tempfile::NamedTempFile::new_in(dir).map_err(|error| failed(dir)(&error))?;
    fs::write(written.path(), file_text(source, rendered)).map_err(|error| failed(&pending)(&error))?;
    let new = Snapshot::from_file(written.path()).map_err(|error| failed(&pending)(&error))?;
    let old = match path.exists() {
        true => Some(Snapshot::from_file(&path).map_err(|error| failed(&path)(&error))?),
        false => None,
    };
    if old.as_ref().is_some_and(|old| LaneComparator.matches(old, &new)) {
        remove(&pending).map_err(|error| failed(&pending)(&error))?;
        return Ok(Compared::Same);
    }
    match update {
        Update::No => {}
        Update::Pending => drop(
            written
                .persist(&pending)
                .map_err(|error| failed(&pending)(&error.error))?,
        ),
        Update::Accept => {
            written
                .persist(&path)
                .map_err(|error| failed(&path)(&error.error))?;
            remove(&pending).map_err(|error| failed(&pending)(&error))?;
            return Ok(Compared::Accepted);
        }
    }
    Ok(match old {
        None => Compared::Missing,
        Some(old) => Compared::Differs(diff(&text(&old), rendered)),
    })
}

/// The names of golden files in `dir` for `provider` that no scenario of `names` has.
pub fn orphans(dir: &Path, provider: &str, names: &[&str]) -> io::Result<Vec<PathBuf>> {
    let suffix = format!("@{provider}.snap");
    let mut orphans = Vec::new();
    if !dir.exists() {
        return Ok(orphans);
    }
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let Some(file) = path.file_name().and_then(|file| file.to_str()) else {
            continue;
        };
        if file.ends_with(&suffix) && !names.iter().any(|name| file == format!("{name}.snap")) {
            orphans.push(path);
        }
    }
    orphans.sort();
    Ok(orphans)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn file_text(source: &str, rendered: &str) -> String {
    format!(
        "---\nsource: {source}\nexpression: trace\n---\n{}\n",
        rendered.trim_end()
    )
}

/// The difference lane by lane, for only that counts.
fn diff(golden: &str, now: &str) -> String {
    let (golden, now) = (lanes(golden), lanes(now));
    let tags: BTreeSet<&str> = golden.keys().chain(now.keys()).copied().collect();
    let text = |lane: Option<&Vec<&str>>| lane.map(|lines| lines.join("\n") + "\n").unwrap_or_default();
    tags.into_iter()
        .filter(|tag| golden.get(tag) != now.get(tag))
        .map(|tag| lane_diff(tag, &text(golden.get(tag)), &text(now.get(tag))))
        .collect()
}

fn lane_diff(tag: &str, golden: &str, now: &str) -> String {
    let (golden_name, now_name) = (format!("golden, {tag}"), format!("now, {tag}"));
    TextDiff::from_lines(golden, now)
        .unified_diff()
        .context_radius(2)
        .header(&golden_name, &now_name)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "-- 1: open line 1 as L\nP call     | TSPI_lineOpen() -> 0\n101 <-     | ATZ\n";

    #[test]
    fn a_missing_golden_file_is_left_for_review_and_then_accepted() {
        let dir = tempfile::tempdir().unwrap();
        let compare = |update| compare(dir.path(), "a@p", "a.call", TRACE, update).unwrap();
        assert_eq!(compare(Update::No), Compared::Missing);
        assert!(!dir.path().join("a@p.snap.new").exists());
        assert_eq!(compare(Update::Pending), Compared::Missing);
        assert!(dir.path().join("a@p.snap.new").exists());
        assert_eq!(compare(Update::Accept), Compared::Accepted);
        assert!(!dir.path().join("a@p.snap.new").exists());
        assert_eq!(compare(Update::No), Compared::Same);
    }

    #[test]
    fn a_stale_golden_file_differs_and_the_difference_is_shown() {
        let dir = tempfile::tempdir().unwrap();
        compare(dir.path(), "a@p", "a.call", TRACE, Update::Accept).unwrap();
        let now = TRACE.replace("-> 0", "-> LINEERR_NOMEM");
        let compared = compare(dir.path(), "a@p", "a.call", &now, Update::No).unwrap();
        assert!(
            matches!(compared, Compared::Differs(diff) if diff.contains("+TSPI_lineOpen() -> LINEERR_NOMEM"))
        );
    }

    #[test]
    fn golden_files_without_a_scenario_are_found() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a@p", "b@p", "c@q"] {
            compare(dir.path(), name, "a.call", TRACE, Update::Accept).unwrap();
        }
        let found = orphans(dir.path(), "p", &["a@p"]).unwrap();
        assert_eq!(found, [dir.path().join("b@p.snap")]);
    }
}
