//! What a provider's DLLs export.

use super::Story;
use crate::tspi::{Group, function};

/// The functions that a DLL exports.
#[derive(Debug, Clone, Copy)]
pub struct Exports<'t> {
    /// Where in the trace that was noted.
    pub at: usize,
    /// Their names.
    pub names: &'t [&'static str],
}

impl Exports<'_> {
    /// Whether a function is among them.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }
}

impl<'t> Story<'t> {
    /// The exports of the DLL that a function belongs to: of the provider's, or, where it is one of the user interface, of
    /// the one that an application has loaded. `None` where nothing is known of it.
    pub fn exports_with(&self, name: &str) -> Option<Exports<'t>> {
        let of_ui = function(name).is_some_and(|function| function.group == Group::Ui);
        if of_ui { self.ui_exports } else { self.exports }
    }

    /// Whether a function is known not to be exported.
    pub fn lacks(&self, name: &str) -> bool {
        self.exports_with(name).is_some_and(|exports| !exports.has(name))
    }
}
